import type { ComponentChildren } from "preact";
import { type Context, internalsOf } from "./context.ts";
import { takeHead } from "./head_markup.ts";
import { HttpError } from "./http_error.ts";
import type { MarkedIsland, RenderPass } from "./render_pass.ts";
import { serializeProps } from "./serialize.ts";
import type { Snapshot } from "./snapshot.ts";

type Render = (pass: RenderPass, content: ComponentChildren) => string;

/** A page's HTML and its script preloads. */
export interface FinishedDocument {
  html: string;
  /** The `Link` header, or null without scripts. */
  link: string | null;
}

/**
 * Completes rendered markup to a document. Adds hidden slots and the script
 * that starts the islands at the end of the body. A page without islands has no
 * script.
 */
export async function finishDocument<State>(
  ctx: Context<State>,
  markup: string,
  pass: RenderPass,
  render: Render,
): Promise<FinishedDocument> {
  const { snapshot } = internalsOf(ctx);
  const html = withMissingParts(markup, pass, render);
  const hasScript = pass.usedIslands.size > 0;
  const isDev = snapshot?.scripts.dev != null;
  if (!hasScript && !isDev) return { html: DOCTYPE + html, link: null };
  const templates = renderTemplates(pass, render);
  const { script, link } = await bootScript(ctx, pass, snapshot!);
  const overlay = isDev ? errorOverlay(ctx.error) : "";
  return {
    html: DOCTYPE + atEndOfBody(html, templates + script + overlay),
    link,
  };
}

const DOCTYPE = "<!DOCTYPE html>";

function withMissingParts(
  markup: string,
  pass: RenderPass,
  render: Render,
): string {
  let html = markup;
  if (!pass.hasBody) html = `<body>${html}</body>`;
  if (!pass.hasHead) {
    const head = pass.head.size === 0 ? "" : render(pass, takeHead(pass));
    html = `<head><meta charset="utf-8"/>${head}</head>${html}`;
  }
  return pass.hasHtml ? html : `<html>${html}</html>`;
}

/**
 * Templates of slots that are not shown yet. They may contain further slots.
 */
function renderTemplates(pass: RenderPass, render: Render): string {
  let html = "";
  for (let i = 0; i < pass.slots.length; i++) {
    const slot = pass.slots[i]!;
    if (slot.rendered) continue;
    pass.insideIsland = false;
    const content = render(pass, slot.content as ComponentChildren);
    html += `<template id="frsh-${slot.id}-extra">${content}</template>`;
  }
  return html;
}

interface FinishedScript {
  script: string;
  link: string | null;
}

async function bootScript<State>(
  ctx: Context<State>,
  pass: RenderPass,
  { scripts }: Snapshot,
): Promise<FinishedScript> {
  const { basePath } = ctx.config;
  const islands = [...pass.usedIslands.values()];
  const source = importsOf(islands, basePath);
  if (scripts.dev !== null) {
    source.push(`import${quote(basePath + scripts.dev)};`);
  }
  if (islands.length > 0) {
    const { source: props, hasSignals } = await serializeProps(
      pass.islandProps,
    );
    const names = hasSignals ? "{signal,computed}" : null;
    if (names) {
      source.push(`import${names}from${quote(basePath + scripts.signals)};`);
    }
    source.push(`$boot({${islands.map(({ name }) => name)}},${props});`);
  }
  const preloads = new Set([
    ...islands.flatMap(({ imports }) => imports),
    ...islands.map(({ file }) => file),
  ]);
  return {
    script: `<script type="module" nonce="${pass.nonce()}">${
      source.join("")
    }</script>`,
    link: islands.length === 0 ? null : linkHeader([...preloads], basePath),
  };
}

/** Every island script exports the runtime. The first one's is used. */
function importsOf(islands: MarkedIsland[], basePath: string): string[] {
  return islands.map(({ exportName, name, file }, i) => {
    const own = exportName === name ? name : `${exportName} as ${name}`;
    const names = i === 0 ? `$boot,${own}` : own;
    return `import{${names}}from${quote(basePath + file)};`;
  });
}

function quote(path: string): string {
  return JSON.stringify(path).replaceAll("<", "\\u003C");
}

function linkHeader(files: string[], basePath: string): string {
  return files
    .map((file) =>
      `<${encodeURI(basePath + file)}>; rel="modulepreload"; as="script"`
    )
    .join(", ");
}

/** In development, the overlay shows server errors over the error page. */
function errorOverlay(error: unknown): string {
  if (error == null) return "";
  if (error instanceof HttpError && error.status < 500) return "";
  const query = new URLSearchParams({ message: String(error) });
  if (error instanceof Error) {
    query.set("message", error.message);
    if (error.stack !== undefined) query.set("stack", error.stack);
  }
  const src = `/_frsh/error_overlay?${query}`.replaceAll("&", "&amp;");
  return `<iframe id="fresh-error-overlay" src="${src}" style="all: unset; position: fixed; inset: 0; width: 100%; height: 100%; border: 0; z-index: 99999;"></iframe>`;
}

function atEndOfBody(html: string, addition: string): string {
  const end = html.lastIndexOf("</body>");
  if (end === -1) return html + addition;
  return html.slice(0, end) + addition + html.slice(end);
}
