import { useEffect, useState } from "preact/hooks";
import { ErrorBoundary } from "preact-iso/lazy";
import { Route, Router, useLocation } from "preact-iso/router";
import { AccountPage } from "./pages/account.tsx";
import { CartPage } from "./pages/cart.tsx";
import { CheckoutPage } from "./pages/checkout.tsx";
import { ForgotPasswordPage } from "./pages/forgot-password.tsx";
import { HomePage } from "./pages/home.tsx";
import { LoginPage } from "./pages/login.tsx";
import { MerchantPage } from "./pages/merchant.tsx";
import { MerchantProductPage } from "./pages/merchant-product.tsx";
import { NotFoundPage } from "./pages/not-found.tsx";
import { OrderPage } from "./pages/order.tsx";
import { OrdersPage } from "./pages/orders.tsx";
import { ProductPage } from "./pages/product.tsx";
import { ProductsPage } from "./pages/products.tsx";
import { RegisterPage } from "./pages/register.tsx";
import { ResetPasswordPage } from "./pages/reset-password.tsx";
import { ReturnsPage } from "./pages/returns.tsx";
import { SupportPage } from "./pages/support.tsx";
import { TrackingPage } from "./pages/tracking.tsx";
import { VerifyEmailPage } from "./pages/verify-email.tsx";
import { Announcer } from "./ui/announcer.tsx";
import { CrashNote } from "./ui/crash-note.tsx";
import { Footer } from "./ui/footer.tsx";
import { Header } from "./ui/header.tsx";
import { useFocusOnNavigation } from "./ui/use-focus-on-navigation.ts";
import type { View } from "./views.ts";

/** A route whose path the server knows, too. */
const view = (path: View, component: Parameters<typeof Route>[0]["component"]) => (
  <Route path={path} component={component} />
);

/** The whole shop: what stays, and the view that the address names. */
export function App() {
  const { path } = useLocation();
  const [crash, setCrash] = useState<Error>();
  useFocusOnNavigation(path);
  // Another view is another try.
  useEffect(() => setCrash(undefined), [path]);
  return (
    <>
      <a class="skip-link" href="#content">
        Skip to content
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        {crash === undefined ? (
          <ErrorBoundary onError={setCrash}>
            <Router>
              {view("/", HomePage)}
              {view("/products", ProductsPage)}
              {view("/products/:id", ProductPage)}
              {view("/cart", CartPage)}
              {view("/checkout", CheckoutPage)}
              {view("/orders", OrdersPage)}
              {view("/orders/:id", OrderPage)}
              {view("/tracking", TrackingPage)}
              {view("/tracking/:number", TrackingPage)}
              {view("/login", LoginPage)}
              {view("/register", RegisterPage)}
              {view("/forgot-password", ForgotPasswordPage)}
              {view("/reset-password", ResetPasswordPage)}
              {view("/verify-email", VerifyEmailPage)}
              {view("/account", AccountPage)}
              {view("/support", SupportPage)}
              {view("/returns", ReturnsPage)}
              {view("/merchant", MerchantPage)}
              {view("/merchant/:id", MerchantProductPage)}
              <Route default component={NotFoundPage} />
            </Router>
          </ErrorBoundary>
        ) : (
          <CrashNote onRetry={() => setCrash(undefined)} />
        )}
      </main>
      <Footer />
      <Announcer />
    </>
  );
}
