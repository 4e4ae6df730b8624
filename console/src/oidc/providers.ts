/** An OIDC issuer with which the console signs in, as the server's settings name it (docs/guide/console.md#openid-connect). */
export interface Provider {
  /** URL of the issuer. */
  readonly issuer: string;
  readonly clientId: string;
  readonly label: string;
  readonly scopes: string;
}

/** Those that the server has written into the page. */
export const providers = JSON.parse(
  document.querySelector<HTMLMetaElement>('meta[name="sign-in"]')?.content || '[]',
) as readonly Provider[];

/** The provider with which a session began, or undefined if the server offers it no more. */
export const providerOf = (of: { readonly issuer: string; readonly clientId: string }): Provider | undefined =>
  providers.find(({ issuer, clientId }) => issuer === of.issuer && clientId === of.clientId);
