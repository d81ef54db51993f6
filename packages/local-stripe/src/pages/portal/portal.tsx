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
import { CardForm, DetailsForm, EMPTY_FORM } from "../forms.tsx";
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
import { noteSession, pagesPath, type Visit } from "./portal_session.ts";

/** Answers one of a live session's pages or forms; `rest` is the path behind the session's own. */
export async function answerVisit(
  visit: Visit,
  request: Request,
  { rest, form }: { rest: string; form: URLSearchParams },
): Promise<Response> {
  return request.method === "POST"
    ? await act(visit, rest, form)
    : await show(visit, rest, new URL(request.url).searchParams);
}

async function show(
  visit: Visit,
  rest: string,
  query: URLSearchParams,
): Promise<Response> {
  const { flow } = visit.session;
  const { flowDone } = visit.row.extra;
  if (flow !== null && rest === "/done" && flowDone) {
    const message = flow.after_completion.hosted_confirmation?.custom_message ??
      DONE[flow.type] ?? "";
    return render(
      visit,
      "All done",
      <Done message={message} returnUrl={visit.session.return_url} />,
    );
  }
  if (flow !== null && !flowDone) return await showFlow(visit, rest, query);
  // A finished deep link opens the portal only when it was made to.
  if (flow !== null && flow.after_completion.type !== "portal_homepage") {
    return seeOther(`${visit.base}/done`);
  }
  if (rest === "") {
    return render(visit, "Billing", <Home {...await viewHome(visit, query)} />);
  }
  if (rest === "/card" && mayAddCards(visit)) {
    return showCardForm(visit, EMPTY_FORM);
  }
  if (rest === "/details" && mayChangeDetails(visit)) {
    return showDetailsForm(visit, {
      values: currentDetails(visit),
      errors: {},
    });
  }
  const page = await showPlan(visit, rest, query);
  return page === null ? nothingThere(visit) : renderPage(visit, page);
}

/** A deep link shows its own pages, and no others until it is done. */
async function showFlow(
  visit: Visit,
  rest: string,
  query: URLSearchParams,
): Promise<Response> {
  if (rest !== "" && !belongsTo(visit, rest)) return seeOther(visit.base);
  if (visit.session.flow?.type === "customer_update") {
    return showDetailsForm(visit, {
      values: currentDetails(visit),
      errors: {},
    });
  }
  if (visit.session.flow?.type === "payment_method_update") {
    return showCardForm(visit, EMPTY_FORM);
  }
  const page = rest === ""
    ? await showPlanFlow(visit)
    : await showPlan(visit, rest, query);
  if (page !== null) return renderPage(visit, page);
  const { return_url: returnUrl } = visit.session;
  return render(visit, "Nothing to do", <TooLate returnUrl={returnUrl} />, 409);
}

async function act(
  visit: Visit,
  rest: string,
  form: URLSearchParams,
): Promise<Response> {
  const flow = visit.row.extra.flowDone ? null : visit.session.flow;
  if (
    rest === "/card" && mayAddCards(visit) &&
    (flow === null || flow.type === "payment_method_update")
  ) {
    const outcome = await addCard(visit, form);
    if (outcome !== null) return showCardForm(visit, outcome);
    return await finish(visit, await retryOpen(visit));
  }
  if (
    rest === "/details" && mayChangeDetails(visit) &&
    (flow === null || flow.type === "customer_update")
  ) {
    const outcome = await changeDetails(visit, form);
    if (outcome !== null) return showDetailsForm(visit, outcome);
    return await finish(visit, "details");
  }
  if (flow === null || belongsTo(visit, rest)) {
    const answer = await actOnPlan(visit, rest, form);
    if (answer !== null) {
      return "page" in answer
        ? renderPage(visit, answer.page)
        : await finish(visit, answer.done);
    }
  }
  return flow === null ? await actOnCard(visit, rest) : nothingThere(visit);
}

async function actOnCard(visit: Visit, rest: string): Promise<Response> {
  const [, method = "", verb = ""] =
    /^\/cards\/([\w]+)\/(default|remove)$/.exec(rest) ?? [];
  if (method === "" || !mayAddCards(visit)) return nothingThere(visit);
  const done = verb === "default"
    ? await makeDefault(visit, method)
    : await removeCard(visit, method);
  return done
    ? seeOther(
      `${visit.base}?done=${verb === "default" ? "default" : "removed"}`,
    )
    : nothingThere(visit);
}

/** After a form: the end of a deep link, or the portal with a word on what was done. */
async function finish(visit: Visit, done: string): Promise<Response> {
  const { flow } = visit.session;
  if (flow === null || visit.row.extra.flowDone) {
    return seeOther(`${visit.base}?done=${done}`);
  }
  await noteSession(visit.context, visit.row, () => ({ flowDone: true }));
  const { type, redirect } = flow.after_completion;
  if (type === "redirect" && redirect !== null) {
    return seeOther(redirect.return_url);
  }
  return seeOther(
    type === "portal_homepage"
      ? `${visit.base}?done=${done}`
      : `${visit.base}/done`,
  );
}

function showCardForm(visit: Visit, state: NonNullable<Outcome>): Response {
  return renderForm(
    visit,
    "Add payment method",
    state,
    <CardForm visit={visit} state={state} />,
  );
}

function showDetailsForm(visit: Visit, state: NonNullable<Outcome>): Response {
  return renderForm(
    visit,
    "Billing information",
    state,
    <DetailsForm visit={visit} state={state} />,
  );
}

function renderForm(
  visit: Visit,
  title: string,
  state: NonNullable<Outcome>,
  content: VNode,
): Response {
  return render(
    visit,
    title,
    content,
    Object.keys(state.errors).length > 0 ? 422 : 200,
  );
}

function renderPage(visit: Visit, page: PlanPage): Response {
  return render(visit, page.title, page.content, page.status);
}

function nothingThere(visit: Visit): Response {
  return render(visit, "Nothing here", <NotFound />, 404);
}

function render(
  visit: Visit,
  title: string,
  content: VNode,
  status = 200,
): Response {
  const { business_profile: profile } = visit.configuration;
  const links = [
    { href: profile.terms_of_service_url, text: "Terms" },
    { href: profile.privacy_policy_url, text: "Privacy" },
  ];
  const redirect = visit.session.flow?.after_completion.redirect?.return_url;
  return htmlPage(
    <Layout
      title={title}
      stylePath={`${pagesPath(visit.context)}/p/style.css`}
      headline={profile.headline}
      returnUrl={visit.session.return_url}
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

function mayAddCards(visit: Visit): boolean {
  return visit.configuration.features.payment_method_update.enabled;
}

function mayChangeDetails(visit: Visit): boolean {
  const { enabled, allowed_updates: allowed } =
    visit.configuration.features.customer_update;
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
