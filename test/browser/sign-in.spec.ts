import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConsoleStage, PATIENCE, THEMES } from '../support/browser/console-stage.js';
import { CLIENT, OidcServer } from '../support/browser/oidc-server.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';

const LABEL = 'Example Ltd';

describe.skipIf(!installed('signing in with OIDC', 'chromium'))('signing in with OIDC', () => {
  let issuer: OidcServer;
  beforeAll(async () => void (issuer = await OidcServer.start()));
  afterAll(() => issuer?.stop());
  const stage = ConsoleStage.forSuite({
    machines: 1,
    waiting: false,
    hosts: () => [issuer.host],
    variables: () => ({
      METAL_API_OIDC_ISSUERS: JSON.stringify([
        { url: issuer.url, clientId: CLIENT, tenant: 'metal-stack', console: { label: LABEL } },
      ]),
    }),
  });
  beforeEach(async () => {
    issuer.register(`${stage.proxy.url}console/`);
    issuer.groups.set('ada', ['metal-stack_maas-all-all-edit']);
    Object.assign(issuer, { tokenLifetime: 3600, grantsRefreshTokens: true, isDown: false });
    issuer.grants.length = 0;
    // The issuer's pages ask for a font.
    await stage.window.context.route(
      (url) => url.hostname !== '127.0.0.1',
      (route) => route.abort(),
    );
    stage.page.on('request', () => stage.window.hosts.delete('fonts.googleapis.com'));
  });

  const begin = async (path = ''): Promise<void> => {
    await stage.page.goto(`${stage.proxy.url}console/${path}`);
    await stage.button(`Sign in with ${LABEL}`).click();
  };
  const problem = async (): Promise<string> => {
    const alert = stage.page.getByRole('alert');
    await alert.waitFor(PATIENCE);
    return alert.innerText();
  };
  const stored = (): Promise<string> =>
    stage.page.evaluate<string>('JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage })');
  const signInAs = async (user: string): Promise<void> => {
    await begin();
    await OidcServer.signIn(stage.page, user);
    await stage.freshness('Live');
  };

  it.each(THEMES)('is offered, beside a token, in the %s theme with %i pixels', async (scheme, width) => {
    await stage.useTheme(scheme, width);
    await stage.page.goto(`${stage.proxy.url}console/`);
    await stage.button(`Sign in with ${LABEL}`).waitFor();
    await stage.expectAccessible();
    await stage.page.getByLabel('Token', { exact: true }).fill(stage.demo.token('viewer'));
    await stage.button('Sign in with a token').click();
    await stage.freshness('Live');
  });

  it('returns the user to the requested page, with the role that the groups grant', async () => {
    await begin('networks?filter=inter#top');
    await OidcServer.signIn(stage.page, 'ada');
    await stage.heading('Networks');
    await stage.isAt('console/networks?filter=inter#top');
    await stage.button('ada').click();
    await stage.text('ada@example.org');
    await stage.text('role editor');
    const kept = await stored();
    expect(kept).not.toMatch(/verifier|nonce/);
    await stage.page.reload();
    await stage.freshness('Live');
    expect(await stage.page.evaluate<string>('JSON.stringify({ ...localStorage }) + document.cookie')).not.toContain(
      'ey',
    );
    expect(issuer.grants).toEqual(['authorization_code granted']);
  });

  it('proves that the code is its own', async () => {
    await begin();
    await stage.page.waitForURL((url) => url.host === issuer.host);
    await stage.page.goto(`${stage.proxy.url}console/`);
    await stage.page.evaluate(`{
      const flow = JSON.parse(sessionStorage.getItem('metal-api.sign-in'));
      sessionStorage.setItem('metal-api.sign-in', JSON.stringify({ ...flow, verifier: 'x'.repeat(43) }));
    }`);
    await stage.page.goBack();
    await OidcServer.signIn(stage.page, 'ada');
    expect(await problem()).toContain('no longer accepts the grant (invalid_grant');
    expect(issuer.grants).toEqual(['authorization_code refused']);
  });

  it('says that the user has denied it', async () => {
    await begin('switches');
    await OidcServer.enter(stage.page, 'ada');
    await stage.page.getByText('Cancel').click();
    expect(await problem()).toContain(`The issuer ${issuer.url} denied access (access_denied`);
    await stage.isAt('console/switches');
    expect(await stored()).not.toContain('metal-api.');
    await stage.expectAccessible();
    expect(issuer.grants).toEqual([]);
  });

  it('refuses an answer of another sign-in', async () => {
    await begin();
    await OidcServer.enter(stage.page, 'ada');
    const answered = stage.page.waitForRequest((request) => request.url().includes('/console/?code='));
    await stage.page.route('**/console/?code=*', (route) => route.abort());
    await stage.page.getByRole('button', { name: 'Continue' }).click();
    const answer = new URL((await answered).url());
    await stage.page.unroute('**/console/?code=*');
    answer.searchParams.set('state', 'of-someone-else');
    await stage.page.goto(answer.href);
    expect(await problem()).toContain('did not begin in this tab');
    await stage.isAt('console/');
    expect(issuer.grants).toEqual([]);
    // An attacker's answer in a tab without a sign-in.
    await stage.page.goto(answer.href);
    expect(await problem()).toContain('did not begin in this tab');
    expect(issuer.grants).toEqual([]);
  });

  it('says when the token has no groups, or none with a role', async () => {
    issuer.groups.delete('bob');
    await begin();
    await OidcServer.signIn(stage.page, 'bob');
    expect(await problem()).toContain(
      `${LABEL} has signed you in as bob, but you have no role here: the token has neither roles nor groups`,
    );
    issuer.groups.set('bob', ['metal-stack_maas-other-all-view', 'staff']);
    await stage.button(`Sign in with ${LABEL}`).click();
    expect(await problem()).toContain(
      'none of your groups (metal-stack_maas-other-all-view, staff) is one of viewer, editor or',
    );
    expect(await stored()).not.toContain('metal-api.');
  });

  it('says when the issuer cannot be reached, and works once it can', async () => {
    issuer.isDown = true;
    await begin('switches');
    expect(await problem()).toContain(`The issuer ${issuer.url} cannot be reached from this browser`);
    issuer.isDown = false;
    await stage.button(`Sign in with ${LABEL}`).click();
    await OidcServer.signIn(stage.page, 'ada');
    await stage.heading('Switches');
    stage.window.problems.splice(0, Infinity, ...stage.window.problems.filter((text) => !text.includes(issuer.host)));
  });

  it('says when the issuer wants a secret of the client', async () => {
    issuer.register(`${stage.proxy.url}console/`, false);
    await begin();
    await OidcServer.signIn(stage.page, 'ada');
    const text = await problem();
    expect(text).toContain(`refused the client "${CLIENT}" (invalid_client`);
    expect(text).toContain('It must be a public client');
  });

  it('renews the token before and after it ends, and stays where it is', async () => {
    issuer.tokenLifetime = 3;
    await signInAs('ada');
    await stage.page.getByRole('link', { name: 'Networks' }).click();
    await stage.page.getByRole('textbox', { name: 'Filter' }).fill('inter');
    const renewed = (): number => issuer.grants.filter((grant) => grant === 'refresh_token granted').length;
    await eventually('the token is renewed twice', () => Promise.resolve(renewed() >= 2), 60_000);
    issuer.tokenLifetime = 3600;
    await stage.freshness('Live');
    expect(await stage.page.getByRole('textbox', { name: 'Filter' }).inputValue()).toBe('inter');
  });

  it('asks to sign in again when the token has expired, and returns to the same page', async () => {
    issuer.grantsRefreshTokens = false;
    issuer.tokenLifetime = 4;
    await begin('networks?filter=inter');
    await OidcServer.signIn(stage.page, 'ada');
    await stage.page.getByRole('dialog', { name: 'Sign in again' }).waitFor(PATIENCE);
    await stage.text('jwt expired');
    await stage.expectAccessible();
    issuer.tokenLifetime = 3600;
    await stage.page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
    // The issuer still knows the user, and has their consent.
    await stage.freshness('Live');
    await stage.isAt('console/networks?filter=inter');
  });

  it('asks to sign in again when the issuer takes the grant back', async () => {
    issuer.tokenLifetime = 4;
    await signInAs('ada');
    issuer.register(`${stage.proxy.url}console/`); // forgets everything that it has granted
    await stage.page.getByRole('dialog', { name: 'Sign in again' }).waitFor(PATIENCE);
    expect(issuer.grants).toContain('refresh_token refused');
  });

  it('signs out of the issuer, too', async () => {
    await signInAs('ada');
    await stage.button('ada').click();
    await stage.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await stage.page.getByRole('button', { name: /sign me out/i }).click();
    await stage.button(`Sign in with ${LABEL}`).waitFor(PATIENCE);
    await stage.isAt('console/');
    expect(await stored()).not.toContain('metal-api.');
    await stage.button(`Sign in with ${LABEL}`).click();
    await stage.page.locator('input[name=login]').waitFor();
  });

  it('signs out of the console when the issuer cannot be reached', async () => {
    await signInAs('ada');
    issuer.isDown = true;
    await stage.button('ada').click();
    await stage.page.getByRole('menuitem', { name: 'Sign out' }).click();
    expect(await problem()).toContain(`You are signed out of the console, but not of ${LABEL}`);
    expect(await stored()).not.toContain('metal-api.');
  });
});
