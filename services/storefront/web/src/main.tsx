import { render } from "preact";
import { LocationProvider } from "preact-iso/router";
import { App } from "./app.tsx";
import { cart, session } from "./state/shop.ts";

/** Every path but the API's, which is no view. */
const SHOP = /^(?!\/api(?:\/|$))/;

const shop = document.getElementById("shop");
if (shop !== null) {
  // A page whose script has arrived may be loaded again after the next upgrade.
  sessionStorage.removeItem("tradestack.reloads");
  shop.textContent = "";
  render(
    <LocationProvider scope={SHOP}>
      <App />
    </LocationProvider>,
    shop,
  );
  // The cart waits for the session: the first request after a login takes over what a guest had in it.
  void session.start().then(() => cart.load());
}
