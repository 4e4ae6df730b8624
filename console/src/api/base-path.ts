/** The base path of the API, such as `/` or `/metal/`, which the server writes into the page. */
export const basePath = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '/';

/** With which the page may create style elements. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/** The path of the console itself, without a slash at the end. */
export const consolePath = `${basePath}console`;
