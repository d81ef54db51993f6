import type { VNode } from "preact";
import {
  addCard,
  changeDetails,
  currentDetails,
  makeDefault,
  type Outcome,
  removeCard,
  retryOpen,
} from "./account_actions.ts";
import { CardForm, DetailsForm } from "../forms.tsx";
import { Home } from "./portal_home.tsx";
import { viewHome } from "./portal_home_view.ts";
import { htmlPage, seeOther } from "../html.ts";
import { Layout } from "../layout.tsx";
import { Done, NotFound, TooLate } from "../page_messages.tsx";
import { actOnPlan } from "./plan_responses.tsx";
import {
  belongsTo,
  type PlanPage,
  showPlan,
  showPlanFlow,
} from "./plan_pages.tsx";
import {
  noteSession,
  pagesPath,
  type PortalSession,
} from "./portal_session.ts";
import { EMPTY_FORM } from "../form_state.ts";

/** Answers one of a live session's pages or forms; `rest` is the path behind the session's own. */
export async function handlePortalPage(
  portal: PortalSession,
  request: Request,
  { rest, form }: { rest: string; form: URLSearchParams },
): Promise<Response> {
  return request.method === "POST"
    ? await act(portal, rest, form)
    : await show(portal, rest, new URL(request.url).searchParams);
}

async function show(
  portal: PortalSession,
  rest: string,
  query: URLSearchParams,
): Promise<Response> {
  const { flow } = portal.session;
  const { flowDone } = portal.stored.extra;
  if (flow !== null && rest === "/done" && flowDone) {
    const message = flow.after_completion.hosted_confirmation?.custom_message ??
      DONE[flow.type] ?? "";
    return render(
      portal,
      "All done",
      <Done message={message} returnUrl={portal.session.return_url} />,
    );
  }
  if (flow !== null && !flowDone) return await showFlow(portal, rest, query);
  // A finished deep link opens the portal only when it was made to.
  if (flow !== null && flow.after_completion.type !== "portal_homepage") {
    return seeOther(`${portal.base}/done`);
  }
  if (rest === "") {
    return render(
      portal,
      "Billing",
      <Home {...await viewHome(portal, query)} />,
    );
  }
  if (rest === "/card" && mayAddCards(portal)) {
    return showCardForm(portal, EMPTY_FORM);
  }
  if (rest === "/details" && mayChangeDetails(portal)) {
    return showDetailsForm(portal, {
      values: currentDetails(portal),
      errors: {},
    });
  }
  const page = await showPlan(portal, rest, query);
  return page === null ? nothingThere(portal) : renderPage(portal, page);
}

/** A deep link shows its own pages, and no others until it is done. */
async function showFlow(
  portal: PortalSession,
  rest: string,
  query: URLSearchParams,
): Promise<Response> {
  if (rest !== "" && !belongsTo(portal, rest)) return seeOther(portal.base);
  if (portal.session.flow?.type === "customer_update") {
    return showDetailsForm(portal, {
      values: currentDetails(portal),
      errors: {},
    });
  }
  if (portal.session.flow?.type === "payment_method_update") {
    return showCardForm(portal, EMPTY_FORM);
  }
  const page = rest === ""
    ? await showPlanFlow(portal)
    : await showPlan(portal, rest, query);
  if (page !== null) return renderPage(portal, page);
  const { return_url: returnUrl } = portal.session;
  return render(
    portal,
    "Nothing to do",
    <TooLate returnUrl={returnUrl} />,
    409,
  );
}

async function act(
  portal: PortalSession,
  rest: string,
  form: URLSearchParams,
): Promise<Response> {
  const flow = portal.stored.extra.flowDone ? null : portal.session.flow;
  if (
    rest === "/card" && mayAddCards(portal) &&
    (flow === null || flow.type === "payment_method_update")
  ) {
    const outcome = await addCard(portal, form);
    if (outcome !== null) return showCardForm(portal, outcome);
    return await finish(portal, await retryOpen(portal));
  }
  if (
    rest === "/details" && mayChangeDetails(portal) &&
    (flow === null || flow.type === "customer_update")
  ) {
    const outcome = await changeDetails(portal, form);
    if (outcome !== null) return showDetailsForm(portal, outcome);
    return await finish(portal, "details");
  }
  if (flow === null || belongsTo(portal, rest)) {
    const answer = await actOnPlan(portal, rest, form);
    if (answer !== null) {
      return "page" in answer
        ? renderPage(portal, answer.page)
        : await finish(portal, answer.done);
    }
  }
  return flow === null ? await actOnCard(portal, rest) : nothingThere(portal);
}

async function actOnCard(
  portal: PortalSession,
  rest: string,
): Promise<Response> {
  const [, method = "", verb = ""] =
    /^\/cards\/([\w]+)\/(default|remove)$/.exec(rest) ?? [];
  if (method === "" || !mayAddCards(portal)) return nothingThere(portal);
  const done = verb === "default"
    ? await makeDefault(portal, method)
    : await removeCard(portal, method);
  return done
    ? seeOther(
      `${portal.base}?done=${verb === "default" ? "default" : "removed"}`,
    )
    : nothingThere(portal);
}

/** After a form: the end of a deep link, or the portal with a word on what was done. */
async function finish(portal: PortalSession, done: string): Promise<Response> {
  const { flow } = portal.session;
  if (flow === null || portal.stored.extra.flowDone) {
    return seeOther(`${portal.base}?done=${done}`);
  }
  await noteSession(portal.context, portal.stored, () => ({ flowDone: true }));
  const { type, redirect } = flow.after_completion;
  if (type === "redirect" && redirect !== null) {
    return seeOther(redirect.return_url);
  }
  return seeOther(
    type === "portal_homepage"
      ? `${portal.base}?done=${done}`
      : `${portal.base}/done`,
  );
}

function showCardForm(
  portal: PortalSession,
  state: NonNullable<Outcome>,
): Response {
  return renderForm(
    portal,
    "Add payment method",
    state,
    <CardForm portal={portal} state={state} />,
  );
}

function showDetailsForm(
  portal: PortalSession,
  state: NonNullable<Outcome>,
): Response {
  return renderForm(
    portal,
    "Billing information",
    state,
    <DetailsForm portal={portal} state={state} />,
  );
}

function renderForm(
  portal: PortalSession,
  title: string,
  state: NonNullable<Outcome>,
  content: VNode,
): Response {
  return render(
    portal,
    title,
    content,
    Object.keys(state.errors).length > 0 ? 422 : 200,
  );
}

function renderPage(portal: PortalSession, page: PlanPage): Response {
  return render(portal, page.title, page.content, page.status);
}

function nothingThere(portal: PortalSession): Response {
  return render(portal, "Nothing here", <NotFound />, 404);
}

function render(
  portal: PortalSession,
  title: string,
  content: VNode,
  status = 200,
): Response {
  const { business_profile: profile } = portal.configuration;
  const links = [
    { href: profile.terms_of_service_url, text: "Terms" },
    { href: profile.privacy_policy_url, text: "Privacy" },
  ];
  const redirect = portal.session.flow?.after_completion.redirect?.return_url;
  return htmlPage(
    <Layout
      title={title}
      stylePath={`${pagesPath(portal.context)}/p/style.css`}
      headline={profile.headline}
      returnUrl={portal.session.return_url}
      links={links.flatMap(({ href, text }) =>
        href === null ? [] : [{ href, text }]
      )}
    >
      {content}
    </Layout>,
    {
      status,
      formTargets: redirect === undefined ? [] : [new URL(redirect).origin],
    },
  );
}

function mayAddCards(portal: PortalSession): boolean {
  return portal.configuration.features.payment_method_update.enabled;
}

function mayChangeDetails(portal: PortalSession): boolean {
  const { enabled, allowed_updates: allowed } =
    portal.configuration.features.customer_update;
  return enabled && allowed.length > 0;
}

const DONE: Record<string, string> = {
  customer_update: "Your billing information has been saved.",
  payment_method_update:
    "Your card has been added and is charged first from now on.",
  subscription_cancel: "Your cancellation has been noted.",
  subscription_pause: "Your plan is paused.",
  subscription_update: "Your plan has been changed.",
  subscription_update_confirm: "Your plan has been changed.",
};
