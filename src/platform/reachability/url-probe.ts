/** Finds out whether a file that machines will have to download is there. */
export abstract class UrlProbe {
  /** Throws `malformed` naming `field` when the URL cannot be fetched. An empty URL passes. */
  abstract check(field: string, url: string | undefined): Promise<void>;
}
