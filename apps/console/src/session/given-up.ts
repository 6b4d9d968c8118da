/** The reader closed the dialog: nothing happened, and nothing needs saying. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}
