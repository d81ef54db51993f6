import { type Browser, chromium, type LaunchOptions } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** Browser tests are skipped without Chromium, but never in CI. */
export const withoutBrowser = !isInstalled() && !Deno.env.has("CI");

function isInstalled(): boolean {
  try {
    return Deno.statSync(CHROMIUM).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--disable-features=${disabledFeatures()}`,
];

/** Chromium reads only the last `--disable-features`, which is this one. */
function disabledFeatures(): string {
  return [
    // Pages for the address bar's suggestions, which each context would load.
    // They take more CPU time than the pages under test.
    ...["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"],
    "PreloadTopChromeWebUI",
    // A renderer that waits for a navigation to another site.
    "SpareRendererForSitePerProcess",
    // From Playwright's own switch.
    ...["AvoidUnnecessaryBeforeUnloadCheckSync", "PaintHolding"],
    ...["HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable"],
    ...["DestroyProfileOnBrowserClose", "ThirdPartyStoragePartitioning"],
    ...["MediaRouter", "OptimizationHints", "NetworkTimeServiceQuerying"],
    ...["AvoidCorsURLLoaderRestartOnRedirect", "LensOverlay", "AimEnabled"],
    "PreconnectToSearch",
  ].join();
}

/** Starts Debian's Chromium. */
export function launch(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS,
    ...options,
  });
}
