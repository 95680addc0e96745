/**
 * Questions that only the page itself can answer. They are asked as text: the programs of this repository know no
 * browser's types, and these few lines are no reason to teach them to all.
 */

import type { Page } from "playwright-core";

/** What has the focus, by the name that it is announced with. */
export const focusedName = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const { activeElement } = document;
    const label = activeElement.labels?.[0]?.textContent;
    return (activeElement.getAttribute("aria-label") ?? label ?? activeElement.textContent ?? "").trim();
  })()`);

/** What can be pressed and is too small for a finger; links within a text are as high as the text. */
export const smallTargets = (page: Page, least: number): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll("button, input, select, nav a, a.button, a.icon-button")].flatMap((element) => {
    const { width, height } = (element.closest("label") ?? element).getBoundingClientRect();
    const isShown = element.checkVisibility() && width > 1;
    if (!isShown || (width >= ${least} && height >= ${least})) return [];
    return element.outerHTML.slice(0, 80) + " (" + Math.round(width) + " × " + Math.round(height) + ")";
  })`);

/** How wide the content is; more than the window means that it must be pushed from side to side. */
export const contentWidth = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth");

/** Waits until every picture in sight is drawn, goes to the top, and takes the focus from whatever has it. */
export const composed = (page: Page): Promise<void> =>
  page.evaluate(`(async () => {
    scrollTo(0, 0);
    const near = [...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight);
    await Promise.all(near.map((image) => image.decode().catch(() => {})));
    document.activeElement.blur();
  })()`);

/** What axe, which must be in the page already, finds in people's way: one line each. */
export const axeFindings = (page: Page): Promise<string[]> =>
  page.evaluate(`axe
    .run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    })
    .then(({ violations }) =>
      violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + " at " + target.join(" ") + ": " + failureSummary),
      ),
    )`);
