import {
  type ComponentType,
  type ContainerNode,
  Fragment,
  h,
  hydrate,
  type VNode,
} from "preact";
// Every island uses it, so it is bundled with Preact.
import "preact/jsx-runtime";

type Props = Record<string, unknown>;

/** Creates the placeholder for JSX in an island's props. */
type ToSlot = (id: number) => unknown;

/**
 * Starts the islands of a page. Each is hydrated between its markers.
 *
 * @param islands Components by their name in the markers.
 * @param propsOf Creates all props, in the order of the marker indexes.
 */
export function boot(
  islands: Record<string, ComponentType<Props>>,
  propsOf: (toSlot: ToSlot) => Props[],
) {
  const slots: VNode[][] = [];
  const starts: Record<string, Comment> = {};
  const roots: Comment[] = [];
  const props = propsOf((id) => h(Slot, { id }));

  // As in Fresh, Back and Forward between fragments reload the page. A click on
  // a fragment link creates an entry without a state.
  history.replaceState(history.state ?? {}, "");
  addEventListener("popstate", ({ state }) => state && location.reload());

  // Markers are in document order. Only the outermost ones are roots, since an
  // island's content is part of its tree.
  const comments = document.createTreeWalker(document.body, 128);
  let depth = 0;
  while (comments.nextNode()) {
    const comment = comments.currentNode as Comment;
    const [tag, kind, id] = comment.data.split(":");
    if (kind === "key") continue;
    if (tag === "frsh") {
      if (kind === "slot") starts[id!] = comment;
      if (!depth++) roots.push(comment);
    } else if (tag === "/frsh") depth--;
  }
  roots.map(start);

  /** A slot's content, read from the page when first shown. */
  function Slot({ id }: { id: number }) {
    const template = document.getElementById(`frsh-${id}-extra`);
    return h(
      Fragment,
      null,
      slots[id] ??= read(
        (template as HTMLTemplateElement)?.content.firstChild ??
          starts[id]?.nextSibling,
      ),
    );
  }

  function start(marker: Comment) {
    const end = endOf(marker);
    const parent = marker.parentNode!;
    const childNodes: Node[] = [];
    for (let at: Node = marker; (at = at.nextSibling!) !== end;) {
      childNodes.push(at);
    }
    // The parts of an element that Preact uses, for the nodes between two
    // markers.
    const root = {
      namespaceURI: (parent as Element).namespaceURI,
      firstChild: childNodes[0],
      childNodes,
      insertBefore: (node: Node, before: Node | null) =>
        parent.insertBefore(node, before || end),
    };
    hydrate(island(marker), root as unknown as ContainerNode);
  }

  function island(marker: Comment): VNode {
    const [, , name, index] = marker.data.split(":");
    return h(islands[name!]!, props[+index!]!);
  }

  /** Reads the nodes of a slot as vnodes, up to its end marker. */
  function read(node: ChildNode | null | undefined): VNode[] {
    const out: unknown[] = [];
    for (; node; node = node.nextSibling) {
      if (node.nodeType === 8) {
        const { data } = node as Comment;
        if (/^\/?frsh:key/.test(data)) continue;
        if (data.startsWith("/frsh")) break;
        if (data.startsWith("frsh:")) {
          out.push(island(node as Comment));
          node = endOf(node as Comment);
        }
      } else if (node.nodeType === 3) out.push((node as Text).data);
      else out.push(element(node as Element));
    }
    return out as VNode[];
  }

  /** Copies attributes unchanged to new elements. */
  function element(from: Element): unknown {
    const ref = (to: Element | null) => {
      if (to && to !== from) {
        for (const attribute of from.attributes) {
          to.setAttributeNode(attribute.cloneNode() as Attr);
        }
      }
    };
    return h(from.localName, { ref }, ...read(from.firstChild));
  }
}

/** The sibling marker that closes `marker`. */
function endOf(marker: Comment): Comment {
  let node: Node = marker;
  for (let depth = 1; depth;) {
    node = node.nextSibling!;
    if (node.nodeType === 8) {
      const { data } = node as Comment;
      if (data.startsWith("/frsh")) depth--;
      else if (data.startsWith("frsh:")) depth++;
    }
  }
  return node as Comment;
}
