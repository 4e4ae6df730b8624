import { afterEach, describe, expect, it } from 'vitest';
import { ConsoleStage, MACHINES, PATIENCE } from '../support/browser/console-stage.js';
import { installed } from '../support/installed.js';

describe.skipIf(!installed('console in a browser', 'chromium'))('the pages of the console', () => {
  const stage = ConsoleStage.forSuite();

  describe('signing in', () => {
    it('begins at the base path, and says why a token is refused', async () => {
      await stage.page.goto(stage.proxy.url);
      await stage.isAt('console/');
      await stage.page.getByLabel('Token', { exact: true }).fill('not-a-token');
      await stage.button('Sign in').click();
      await stage.page.getByRole('alert').waitFor();
      expect(await stage.window.violations()).toEqual([]);
      await stage.page.getByLabel('Token', { exact: true }).fill(` Bearer ${stage.demo.token('viewer')} `);
      await stage.page.keyboard.press('Enter');
      await stage.page.getByRole('heading', { name: 'Fleet' }).waitFor();
    });

    it('works with the link that the demo prints, which leaves no token in the address', async () => {
      const [, token] = /console\/#token=(\S+)/.exec(stage.demo.banner)!;
      await stage.page.goto(`${stage.proxy.url}console/?view=table#token=${token}`);
      await stage.freshness('Live');
      await stage.isAt('console/?view=table');
      await stage.page.reload();
      await stage.freshness('Live');
      const [kept, elsewhere] = await stage.page.evaluate<[string, string]>(
        '[JSON.stringify({ ...sessionStorage }), JSON.stringify({ ...localStorage }) + document.cookie + history.length]',
      );
      expect(kept).toContain(token);
      expect(elsewhere).not.toContain(token);
      await stage.button('demo').click();
      await stage.page.getByRole('menuitem', { name: 'Sign out' }).click();
      await stage.page.getByLabel('Token', { exact: true }).waitFor();
      expect(await stage.page.evaluate<string>('JSON.stringify({ ...sessionStorage })')).not.toContain(token);
      // In this tab, the link changes nothing but the fragment.
      await stage.page.goto(`${stage.page.url()}#token=${token}`);
      await stage.freshness('Live');
      expect(stage.page.url()).not.toContain('token');
    });
  });

  describe('the fleet', () => {
    it.each(['light', 'dark'] as const)('is accessible in the %s theme, as tiles and as a table', async (scheme) => {
      await stage.useTheme(scheme);
      await stage.visit();
      await stage.page
        .locator('a.tile')
        .nth(MACHINES - 1)
        .waitFor();
      await stage.page.getByText(/provisioning events in the last hour/).waitFor();
      expect(await stage.window.violations()).toEqual([]);
      await stage.page.getByText('Table', { exact: true }).click();
      await stage.page.getByRole('link', { name: await stage.freeMachine() }).waitFor();
      expect(await stage.window.violations()).toEqual([]);
    });

    it('finds machines by what the lists show, and by serial numbers', async () => {
      await stage.visit();
      const [id, other] = (await stage.machines()).map((machine) => machine.id);
      await stage.page.keyboard.press('/');
      await stage.page.keyboard.type(id!.slice(0, 13));
      await stage.page.getByText(`1 of ${MACHINES} machines`).waitFor();
      expect(await stage.page.locator('a.tile:not(.dimmed)').getAttribute('data-id')).toBe(id);
      await stage.isAt(`console/?q=${id!.slice(0, 13)}`);
      const { ipmi } = await stage.demo
        .rest('viewer')
        .get<{ ipmi: { fru: { product_serial: string }; mac: string } }>(`v1/machine/${other}/ipmi`);
      for (const text of [ipmi.mac.toUpperCase(), ipmi.fru.product_serial]) {
        await stage.page.getByRole('searchbox').fill(text);
        await stage.page.locator(`a.tile:not(.dimmed)[data-id="${other}"]`).waitFor(PATIENCE);
      }
      await stage.page.getByRole('searchbox').fill('no such machine');
      await stage.page.getByText(`0 of ${MACHINES} machines`).waitFor();
      await stage.page.keyboard.press('Escape');
      await stage.page.getByRole('status').getByText(`${MACHINES} machines`, { exact: true }).waitFor();
    });

    it('is used by keyboard', async () => {
      await stage.visit();
      const tiles = stage.page.locator('a.tile');
      await tiles.first().focus();
      await stage.page.keyboard.press('ArrowRight');
      const second = await tiles.nth(1).getAttribute('data-id');
      expect(await stage.page.evaluate<string>('document.activeElement.dataset.id')).toBe(second);
      await stage.page.keyboard.press('Enter');
      await stage.page.waitForURL(`**/console/machines/${second}`);
    });
  });

  describe('when the server is out of reach', () => {
    const lock = (id: string, value: string, description: string): Promise<unknown> =>
      stage.demo.rest('editor').post(`v1/machine/${id}/state`, { value, description, metal_hammer_version: '' });

    afterEach(() => stage.proxy.mend());

    it('keeps the last state, and catches up after a network failure', async () => {
      const id = await stage.freeMachine();
      await stage.visit(`machines/${id}`);
      await stage.button('Power').waitFor();
      stage.proxy.cut();
      await stage.freshness('Reconnecting');
      await lock(id, 'LOCKED', 'during the failure');
      await stage.page.locator('.state-badge', { hasText: 'Waiting' }).waitFor();
      await stage.choose('Power', 'Power on');
      await stage.notice('Power on: the server cannot be reached');
      stage.proxy.mend();
      await stage.page.getByText('during the failure').waitFor(PATIENCE);
      await stage.freshness('Live');
      await lock(id, '', '');
      await stage.page.locator('.state-badge', { hasText: 'Locked' }).waitFor({ state: 'detached', ...PATIENCE });
    });

    it('reads the state again after a restart of the server', async () => {
      await stage.visit();
      const tile = stage.page.locator('a.tile').first();
      const id = (await tile.getAttribute('data-id'))!;
      await stage.demo.stop();
      await stage.freshness('Reconnecting');
      expect(await stage.page.locator('a.tile').count()).toBe(MACHINES);
      await stage.demo.run();
      await stage.freshness('Live');
      await lock(id, 'LOCKED', 'after the restart');
      await stage.page.locator(`a.tile[data-id="${id}"][data-state="locked"]`).waitFor(PATIENCE);
      await lock(id, '', '');
    });

    it('asks to sign in again when the token is revoked', async () => {
      await stage.visit();
      const admin = stage.demo.rest('admin');
      const tokens = await admin.get<{ id: string; subject?: string }[]>('v1/user/token');
      const used = tokens.filter(({ subject }) => subject === 'admin-of-tests');
      expect(used.length).toBeGreaterThan(0);
      for (const { id } of used) await admin.delete(`v1/user/token/${id}`);
      await stage.page.getByRole('dialog', { name: 'Sign in again' }).waitFor(PATIENCE);
      await stage.page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
      await stage.page.getByLabel('Token', { exact: true }).waitFor();
    });
  });
});
