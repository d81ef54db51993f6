import type { VNode } from "preact";
import { brandLinks } from "../document.tsx";
import { EMPTY_FORM, type FormState, formStatus } from "../forms.tsx";
import { FlowDone, FlowUnavailable, NotInSession } from "../messages.tsx";
import { page } from "../page.tsx";
import { seeOther } from "../responses.ts";
import {
  addCard,
  changeDetails,
  currentDetails,
  type FormResult,
  makeDefault,
  removeCard,
} from "./account_actions.ts";
import { CardForm, DetailsForm } from "./account_forms.tsx";
import {
  actOnPlan,
  belongsToFlow,
  showFirstPage,
  showPlan,
} from "./plan_verbs.tsx";
import { Home } from "./portal_home.tsx";
import { readHome } from "./portal_home_view.ts";
import { type PortalSession, updateExtra } from "./portal_session.ts";

/** A form about the account, which is also the only page of a deep link. */
interface AccountForm {
  flow: "payment_method_update" | "customer_update";
  title: string;
  may(portal: PortalSession): boolean;
  initial(portal: PortalSession): FormState | Promise<FormState>;
  Form(props: { portal: PortalSession; state: FormState }): VNode;
  submit(portal: PortalSession, form: URLSearchParams): Promise<FormResult>;
}

const CARD_FORM: AccountForm = {
  flow: "payment_method_update",
  title: "Add payment method",
  may: ({ configuration }) =>
    configuration.features.payment_method_update.enabled,
  initial: () => EMPTY_FORM,
  Form: CardForm,
  submit: addCard,
};

const DETAILS_FORM: AccountForm = {
  flow: "customer_update",
  title: "Billing information",
  may({ configuration }) {
    const { allowed_updates, enabled } = configuration.features.customer_update;
    return enabled && allowed_updates.length > 0;
  },
  initial: currentDetails,
  Form: DetailsForm,
  submit: changeDetails,
};

const ACCOUNT_FORMS = new Map([
  ["/card", CARD_FORM],
  ["/details", DETAILS_FORM],
]);

/** Handles a live session's pages and forms; `rest` is the path below the session's own. */
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
  if (flow !== null && !flowDone) return await showFlow(portal, rest, query);
  if (flow !== null && rest === "/done") return showDone(portal, flow);
  // A finished deep link gives access to the portal only if it ends on its home page.
  if (flow !== null && flow.after_completion.type !== "portal_homepage") {
    return seeOther(`${portal.base}/done`);
  }
  if (rest === "") {
    const home = await readHome(portal, query);
    return render(portal, "Billing", <Home {...home} />);
  }
  const accountForm = ACCOUNT_FORMS.get(rest);
  if (accountForm?.may(portal)) return await showForm(portal, accountForm);
  const plan = await showPlan(portal, rest, query);
  return plan === null
    ? notFound(portal)
    : render(portal, plan.title, plan.content);
}

/** A deep link shows only its own pages until it is done. */
async function showFlow(
  portal: PortalSession,
  rest: string,
  query: URLSearchParams,
): Promise<Response> {
  if (rest !== "" && !belongsToFlow(portal, rest)) return seeOther(portal.base);
  const accountForm = [...ACCOUNT_FORMS.values()]
    .find(({ flow }) => flow === portal.session.flow?.type);
  if (accountForm !== undefined) return await showForm(portal, accountForm);
  const plan = rest === ""
    ? await showFirstPage(portal)
    : await showPlan(portal, rest, query);
  if (plan !== null) return render(portal, plan.title, plan.content);
  const message = <FlowUnavailable returnUrl={portal.session.return_url} />;
  return render(portal, "Link unavailable", message, 409);
}

const DONE: Record<string, string> = {
  customer_update: "Your billing information has been saved.",
  payment_method_update:
    "Your card has been added as your default payment method.",
  subscription_cancel: "Your cancellation is confirmed.",
  subscription_pause: "Your plan is paused.",
  subscription_update: "Your plan has been changed.",
  subscription_update_confirm: "Your plan has been changed.",
};

function showDone(
  portal: PortalSession,
  { after_completion: after, type }: Flow,
): Response {
  const message = after.hosted_confirmation?.custom_message ?? DONE[type] ?? "";
  const { return_url: returnUrl } = portal.session;
  return render(
    portal,
    "All done",
    <FlowDone message={message} returnUrl={returnUrl} />,
  );
}

type Flow = NonNullable<PortalSession["session"]["flow"]>;

async function act(
  portal: PortalSession,
  rest: string,
  form: URLSearchParams,
): Promise<Response> {
  const flow = portal.stored.extra.flowDone ? null : portal.session.flow;
  const accountForm = ACCOUNT_FORMS.get(rest);
  if (
    accountForm?.may(portal) &&
    (flow === null || flow.type === accountForm.flow)
  ) {
    const result = await accountForm.submit(portal, form);
    return "done" in result
      ? await finish(portal, result.done)
      : await showForm(portal, accountForm, result);
  }
  if (flow === null || belongsToFlow(portal, rest)) {
    const answer = await actOnPlan(portal, rest, form);
    if (answer !== null) {
      if ("done" in answer) return await finish(portal, answer.done);
      const { page: { content, title }, status } = answer;
      return render(portal, title, content, status);
    }
  }
  return flow === null ? await actOnCard(portal, rest) : notFound(portal);
}

async function actOnCard(
  portal: PortalSession,
  rest: string,
): Promise<Response> {
  const [, method = "", verb = ""] =
    /^\/cards\/([\w]+)\/(default|remove)$/.exec(rest) ?? [];
  if (method === "" || !CARD_FORM.may(portal)) return notFound(portal);
  const done = verb === "default"
    ? await makeDefault(portal, method) && "default"
    : await removeCard(portal, method) && "removed";
  return done ? seeOther(`${portal.base}?done=${done}`) : notFound(portal);
}

/** Redirects after a form: to the end of the deep link, or to the home page with a notice. */
async function finish(portal: PortalSession, done: string): Promise<Response> {
  const { flow } = portal.session;
  const home = `${portal.base}?done=${done}`;
  if (flow === null || portal.stored.extra.flowDone) return seeOther(home);
  await updateExtra(portal.context, portal.stored, () => ({ flowDone: true }));
  const { type, redirect } = flow.after_completion;
  if (type === "redirect" && redirect !== null) {
    return seeOther(redirect.return_url);
  }
  return seeOther(type === "portal_homepage" ? home : `${portal.base}/done`);
}

async function showForm(
  portal: PortalSession,
  { Form, initial, title }: AccountForm,
  given?: FormState,
): Promise<Response> {
  const state = given ?? await initial(portal);
  const content = <Form portal={portal} state={state} />;
  return render(portal, title, content, formStatus(state));
}

function notFound(portal: PortalSession): Response {
  return render(
    portal,
    "Not found",
    <NotInSession home={portal.base} />,
    404,
  );
}

function render(
  portal: PortalSession,
  title: string,
  content: VNode,
  status = 200,
): Response {
  const { business_profile: profile } = portal.configuration;
  const { branding } = portal.context;
  const links = brandLinks({
    supportUrl: branding.supportUrl,
    termsUrl: profile.terms_of_service_url ?? branding.termsUrl,
    privacyUrl: profile.privacy_policy_url ?? branding.privacyUrl,
  });
  const redirect = portal.session.flow?.after_completion.redirect?.return_url;
  return page(portal.context, title, content, {
    status,
    headline: profile.headline,
    returnUrl: portal.session.return_url,
    links,
    formTargets: redirect === undefined ? [] : [new URL(redirect).origin],
  });
}
