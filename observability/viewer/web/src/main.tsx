import { render } from "preact";
import { App } from "./app.tsx";

const page = document.getElementById("viewer");
if (page !== null) {
  page.textContent = "";
  render(<App />, page);
}
