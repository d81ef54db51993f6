import {
  Component,
  type ComponentChildren,
  type ContainerNode,
  Fragment,
  h,
  render,
  toChildArray,
  type VNode,
} from "preact";

/** Props of {@linkcode Head}. */
export interface HeadProps {
  children?: ComponentChildren;
}

/**
 * Moves its children to the document's `<head>`: `title`, `meta`, `link`,
 * `script`, `style`, `base`, `noscript` and `template`. A later element
 * replaces an earlier one of the same identity. The server's renderer collects
 * the children. In the browser, this component updates the document.
 */
export class Head extends Component<HeadProps> {
  override componentDidMount() {
    updateDocument(this.props.children);
  }

  override componentDidUpdate() {
    updateDocument(this.props.children);
  }

  override render(): null {
    return null;
  }
}

function updateDocument(children: ComponentChildren) {
  for (const child of toChildArray(children)) {
    if (typeof child !== "object") continue;
    if (child.type === "title") document.title = textOf(child);
    else if (typeof child.type === "string") updateElement(child, child.type);
  }
}

function updateElement(vnode: VNode, type: string) {
  const { children, dangerouslySetInnerHTML, ...attributes } = vnode
    .props as Record<string, unknown>;
  const element = document.head.querySelector(selector(vnode, type)) ??
    document.head.appendChild(document.createElement(type));
  if (vnode.key != null) element.setAttribute("data-key", String(vnode.key));
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  const html = dangerouslySetInnerHTML as { __html: string } | undefined;
  if (type === "template") {
    const { content } = element as HTMLTemplateElement;
    render(h(Fragment, null, vnode.props.children), content as ContainerNode);
  } else if (children != null) element.textContent = textOf(vnode);
  else if (html !== undefined) element.innerHTML = html.__html;
}

/** Selects the existing element of a child: by key, id, name or rel. */
function selector(vnode: VNode, type: string): string {
  const props = vnode.props as Record<string, unknown>;
  if (vnode.key != null) return attribute(type, "data-key", vnode.key);
  for (const name of ["id", "name", "property", "rel"]) {
    if (props[name] != null) return attribute(type, name, props[name]);
  }
  return `${type}:not(*)`;
}

function attribute(type: string, name: string, value: unknown): string {
  return `${type}[${name}="${CSS.escape(String(value))}"]`;
}

function textOf(vnode: VNode): string {
  return toChildArray(vnode.props.children).join("");
}
