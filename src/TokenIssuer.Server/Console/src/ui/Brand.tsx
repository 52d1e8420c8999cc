/** The name of the product, as the heading of a page that has nothing else at its top. */
export function Brand() {
  return (
    <h1>
      <img src="assets/icon.svg" alt="" width="32" height="32" /> TokenIssuer
    </h1>
  );
}
