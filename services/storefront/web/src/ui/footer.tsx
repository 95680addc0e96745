/** On every view, below. */
export const Footer = () => (
  <footer class="footer">
    <div>
      <p>
        <strong>Tradestack</strong>
        <br />
        <span class="muted">A demo shop: nothing is charged and nothing is sent.</span>
      </p>
      <nav aria-label="Service">
        <a href="/tracking">Follow a parcel</a>
        <a href="/orders">Your orders</a>
        <a href="/account">Your account</a>
        <a href="/api">API</a>
      </nav>
    </div>
  </footer>
);
