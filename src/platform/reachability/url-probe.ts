/** Checks whether a file that machines will download exists. */
export abstract class UrlProbe {
  /** Throws `malformed` naming `field` if the URL is not reachable. Accepts an empty URL. */
  abstract check(field: string, url: string | undefined): Promise<void>;
}
