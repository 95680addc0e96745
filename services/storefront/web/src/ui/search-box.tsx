import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { browseUrl, readBrowse } from "../browse.ts";
import { Icon } from "./icon.tsx";

/** So long after the last key, in milliseconds, somebody seems to have stopped typing. */
const PAUSE = 250;

/** Finds as you type. The address always says what was searched for, so that it can be kept, sent and gone back to. */
export function SearchBox() {
  const { path, query, route } = useLocation();
  const isOnList = path === "/products";
  const searched = isOnList ? (query.q ?? "") : "";
  const [text, setText] = useState(searched);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    // Whoever is typing knows better than the address, which follows.
    if (document.activeElement !== input.current) setText(searched);
  }, [searched]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const search = (wanted: string) => {
    clearTimeout(timer.current);
    const q = wanted.trim();
    if (q === searched.trim()) return;
    // Filters stay while the words change; what was looked at before can be gone back to.
    const browse = isOnList ? readBrowse(query) : {};
    route(browseUrl({ ...browse, q: q === "" ? undefined : q }), isOnList && searched !== "");
  };
  return (
    <search class="search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search(text);
        }}
      >
        <label class="visually-hidden" for="search">
          Search the shop
        </label>
        <Icon name="search" />
        <input
          id="search"
          ref={input}
          type="search"
          name="q"
          value={text}
          maxLength={200}
          placeholder="Search the shop"
          autocomplete="off"
          enterkeyhint="search"
          onInput={({ currentTarget: { value } }) => {
            setText(value);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => search(value), PAUSE);
          }}
        />
      </form>
    </search>
  );
}
