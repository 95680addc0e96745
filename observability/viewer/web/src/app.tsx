import { useEffect, useRef, useState } from "preact/hooks";
import { RANGES, type Range } from "../../answers.ts";
import { type Seen, useDashboard, useList } from "./data.ts";
import { Panel } from "./panel.tsx";
import { addressOf, type Place, placeOf } from "./place.ts";
import { type Theme, useTheme } from "./theme.ts";

const RANGE_NAMES: Readonly<Record<Range, string>> = {
  "15m": "15 minutes",
  "1h": "1 hour",
  "6h": "6 hours",
  "24h": "24 hours",
};

/** The page: what there is, for how long back, and the dashboard. */
export function App() {
  const [place, go] = usePlace();
  const [theme, toggleTheme] = useTheme();
  const [seen, refresh] = useDashboard(place);
  const title = seen.dashboard?.title ?? "Dashboards";
  useEffect(() => {
    document.title = `${title} – Tradestack`;
  }, [title]);
  return (
    <>
      <a class="skip" href="#content">
        To the dashboard
      </a>
      <header>
        <p class="brand">Tradestack</p>
        <Menu place={place} go={go} />
      </header>
      <main id="content" tabIndex={-1}>
        <div class="bar">
          <h1>{title}</h1>
          <Ranges chosen={place.range} choose={(range) => go({ ...place, range })} />
          <button type="button" onClick={refresh}>
            Refresh
          </button>
          <button type="button" onClick={toggleTheme}>
            {theme === "dark" ? "Light" : "Dark"}
          </button>
        </div>
        <State seen={seen} />
        <Rows seen={seen} place={place} theme={theme} />
      </main>
    </>
  );
}

interface MenuProps {
  readonly place: Place;
  readonly go: (place: Place) => void;
}

function Menu({ place, go }: MenuProps) {
  const list = useList();
  const nav = useRef<HTMLElement>(null);
  // On a phone the menu is one line, longer than the screen.
  useEffect(() => {
    const current = list && nav.current?.querySelector("[aria-current]");
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [list, place.dashboard]);
  return (
    <nav aria-label="Dashboards" ref={nav}>
      <ul>
        {list?.map(({ name, title }) => (
          <li key={name}>
            <a
              href={addressOf({ ...place, dashboard: name })}
              aria-current={name === place.dashboard ? "page" : undefined}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                go({ ...place, dashboard: name });
              }}
            >
              {title.replace(/^Service /, "")}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Ranges({ chosen, choose }: { readonly chosen: Range; readonly choose: (range: Range) => void }) {
  return (
    <fieldset class="ranges">
      <legend class="hidden">How far back</legend>
      {RANGES.map((range) => (
        <button
          key={range}
          type="button"
          aria-pressed={range === chosen}
          title={RANGE_NAMES[range]}
          onClick={() => choose(range)}
        >
          {range}
        </button>
      ))}
    </fieldset>
  );
}

const TIME = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** How new what is seen is; a failure is also told to those who do not see it. */
function State({ seen: { failure, at, dashboard } }: { readonly seen: Seen }) {
  return (
    <>
      <p class="state">
        {at === undefined ? (failure ? "" : "Asking Prometheus…") : `As of ${TIME.format(at)}`}
      </p>
      <p class="failure" role="alert">
        {failure}
        {failure && dashboard && " What is below is from before."}
      </p>
    </>
  );
}

interface RowsProps {
  readonly seen: Seen;
  readonly place: Place;
  readonly theme: Theme;
}

/** An answer that came for another dashboard is not shown under this one's name. */
function Rows({ seen: { dashboard }, place, theme }: RowsProps) {
  if (dashboard?.name !== place.dashboard) return null;
  return (
    <>
      {dashboard.rows.map(({ title, panels }) => (
        <section key={title} class="row">
          <h2>{title}</h2>
          {(["numbers", "pictures"] as const).map((kind) => (
            <div key={kind} class={`panels ${kind}`}>
              {panels
                .filter((panel) => (panel.kind === "number") === (kind === "numbers"))
                .map((panel) => (
                  <Panel key={panel.title} row={title} panel={panel} times={dashboard.times} theme={theme} />
                ))}
            </div>
          ))}
        </section>
      ))}
    </>
  );
}

/** Where the visitor is, as the address says; going back works. */
function usePlace(): [Place, (place: Place) => void] {
  const [place, set] = useState(() => placeOf(location));
  useEffect(() => {
    const follow = () => set(placeOf(location));
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const go = (next: Place) => {
    history.pushState(undefined, "", addressOf(next));
    set(next);
  };
  return [place, go];
}
