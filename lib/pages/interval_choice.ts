import { cookieValues } from "@/lib/auth/cookies.ts";
import { type Interval, INTERVALS } from "@/lib/billing/plans.ts";

const COOKIE = "portico_interval";

/** Returns the billing interval that the visitor has selected; null if none. */
export function readIntervalChoice(headers: Headers): Interval | null {
  const cookie = cookieValues(headers, COOKIE)[0];
  return INTERVALS.find((interval) => interval === cookie) ?? null;
}

/** A script that keeps the selected interval until the browser is closed. */
export const KEEP_INTERVAL =
  'document.addEventListener("change",({target:{name,value}})=>{' +
  `if(name==="billed")document.cookie="${COOKIE}="+value+` +
  '";Path=/;SameSite=Lax"})';
