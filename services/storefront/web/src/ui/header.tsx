import { isStaff } from "../roles.ts";
import { cart, session } from "../state/shop.ts";
import { theme, toggleTheme } from "../state/theme.ts";
import { Icon } from "./icon.tsx";
import { SearchBox } from "./search-box.tsx";

/** On every view: the way home, the search, the visitor's account and cart. */
export function Header() {
  const account = session.account.value;
  const pieces = cart.pieces.value;
  const isDark = theme.value === "dark";
  return (
    <header class="header">
      <div class="header-row">
        <a class="brand" href="/" aria-label="Tradestack, start page">
          <img src="/favicon.svg" alt="" width={32} height={32} />
          <span>Tradestack</span>
        </a>
        <SearchBox />
        <nav class="header-nav" aria-label="Shop">
          <a href="/products" class="wide-only">
            All goods
          </a>
          {isStaff(account) && (
            <a href="/support" class="wide-only">
              Support
            </a>
          )}
          <button
            type="button"
            class="icon-button"
            aria-label={isDark ? "Use the light theme" : "Use the dark theme"}
            onClick={toggleTheme}
          >
            <Icon name={isDark ? "sun" : "moon"} />
          </button>
          <a
            class="icon-button"
            href={account ? "/account" : "/login"}
            aria-label={account ? `Your account, ${account.name}` : "Log in"}
          >
            <Icon name="person" />
          </a>
          <a
            class="icon-button"
            href="/cart"
            aria-label={`Cart, ${pieces === 1 ? "1 piece" : `${pieces} pieces`}`}
          >
            <Icon name="cart" />
            {pieces > 0 && (
              <span class="badge" aria-hidden="true">
                {pieces > 99 ? "99+" : pieces}
              </span>
            )}
          </a>
        </nav>
      </div>
    </header>
  );
}
