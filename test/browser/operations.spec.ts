import { beforeAll, describe, expect, it } from 'vitest';
import { ConsoleStage, THEMES } from '../support/browser/console-stage.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';

interface MachineAnswer {
  readonly id: string;
  readonly events: { readonly log: readonly { readonly event: string }[] };
}

interface TokenAnswer {
  readonly id: string;
  readonly subject?: string;
  readonly revoked?: string;
}

describe.skipIf(!installed('operations in a browser', 'chromium'))('operations in a browser', () => {
  const ui = ConsoleStage.forSuite({
    machines: 2,
    waiting: false,
    variables: () => ({ METAL_API_AUDITING_ENABLED: 'true' }),
  });
  let machine: string | undefined;

  beforeAll(async () => {
    await eventually('a machine waits', async () => (machine = await waitingMachine()) !== undefined, 60_000);
  });

  const waitingMachine = async (): Promise<string | undefined> =>
    (await ui.demo.rest('viewer').get<MachineAnswer[]>('v1/machine')).find(
      ({ events }) => events.log[0]?.event === 'Waiting',
    )?.id;
  const command = (path: string): Promise<unknown> =>
    ui.demo.rest('editor').post(`v1/machine/${machine}/power/${path}`, {});

  describe('the journal', () => {
    it('shows commands as they happen, and is filtered', async () => {
      await ui.open('journal', 'viewer');
      await command('chassis-identify-led-on');
      await ui.cell('LED-ON').waitFor();
      await ui.page.getByRole('row').filter({ hasText: 'LED-ON' }).getByText('done').waitFor();
      await ui.expectAccessible();
      await ui.page.getByText('Failed or expired', { exact: true }).click();
      await ui.text('No command matches.');
      await ui.page.getByText('All', { exact: true }).click();
      await ui.page.getByRole('textbox', { name: 'Filter' }).fill('led-off');
      await ui.text('No command matches.');
      await command('chassis-identify-led-off');
      await ui.cell('LED-OFF').waitFor();
      expect(await ui.cell('LED-ON').count()).toBe(0);
      await ui.button('Show archived commands').click();
      await ui.button('Show archived commands').waitFor({ state: 'detached' });
    });
  });

  describe('the audit trail', () => {
    const search = async (text: string): Promise<void> => {
      await ui.page.getByRole('textbox', { name: 'Body contains' }).fill(text);
      await ui.page.keyboard.press('Enter');
    };

    it('searches again while a search has no answer', async () => {
      await ui.demo.rest('admin').put('v1/size', { id: 'sought', constraints: [] });
      await ui.open('', 'viewer');
      let searches = 0;
      await ui.page.route('**/v1/audit/find', (route) => ((searches += 1) === 1 ? undefined : route.continue()));
      await ui.visit('audit', 'viewer');
      await ui.page.getByLabel('Searching').waitFor();
      await search('"sought"');
      await ui.text(/^1 call$/);
    });

    it('finds a call, and shows what was sent and answered', async () => {
      await ui.demo.rest('admin').put('v1/size', { id: 'audited', constraints: [] });
      await ui.open('audit', 'viewer');
      await search('"audited"');
      await ui.text(/^1 call$/);
      await ui.cell('201').waitFor();
      await ui.expectAccessible();
      await ui.button('Details PUT /v1/size').click();
      await ui.dialog.box.getByLabel('Request', { exact: true }).getByText('"audited"').waitFor();
      await ui.dialog.box.getByLabel('Response', { exact: true }).getByText('"constraints"').waitFor();
      await ui.expectAccessible();
    });
  });

  describe('the consistency check', () => {
    it('shows that nothing is violated, and lets only admins repair', async () => {
      await ui.open('fsck', 'admin');
      await ui.text('✓ No invariant is violated');
      await ui.expectAccessible();
      expect(await ui.button('Repair…').isDisabled()).toBe(true);
      await ui.button('Dry run').click();
      await ui.text('Result of: Dry run.');
      await ui.open('fsck', 'viewer');
      await ui.text('✓ No invariant is violated');
      expect(await ui.button(/Dry run|Repair/).count()).toBe(0);
    });

    it('repairs the findings after a confirmation', async () => {
      const finding = { invariant: 'addresses', ids: ['ip 10.0.0.1'], message: 'has no network', repair: 'remove it' };
      const report = (parts: object): string =>
        JSON.stringify({
          consistent: false,
          examined: { ip: 1 },
          invariants: { addresses: 'have networks' },
          ...parts,
        });
      await ui.open('health', 'admin');
      const asked: string[] = [];
      await ui.page.route('**/fsck**', async (route) => {
        const [url, method] = [new URL(route.request().url()), route.request().method()];
        if (url.pathname.includes('console')) return route.continue();
        asked.push(`${method} ${url.pathname}${url.search}`);
        const findings = [{ ...finding, ...(method === 'POST' && { outcome: `asked ${url.search}` }) }];
        await route.fulfill({ contentType: 'application/json', body: report({ findings }) });
      });
      await ui.page.getByRole('link', { name: 'Consistency' }).click();
      await ui.cell('remove it').waitFor();
      await ui.expectAccessible();
      await ui.button('Dry run').click();
      await ui.cell('asked ?dry-run=true').waitFor();
      await ui.button('Repair…').click();
      await ui.dialog.confirm('Repair');
      await ui.cell('asked ?dry-run=false').waitFor();
      expect(asked).toEqual(['GET /fsck', 'POST /fsck/repair?dry-run=true', 'POST /fsck/repair?dry-run=false']);
    });
  });

  describe('health', () => {
    it.each(THEMES)('shows server and replicas in the %s theme with %i pixels', async (scheme, width) => {
      await ui.open('health', 'viewer', scheme, width);
      await ui.text('healthy');
      await ui.cell(/\(responding\)/).waitFor();
      await ui.cell('✓ alive').waitFor();
      await ui.expectAccessible();
    });

    it('shows failures that the server answers with', async () => {
      await ui.open('journal', 'viewer');
      const fail = (status: number, body: object) => ({
        status,
        contentType: 'application/json',
        body: JSON.stringify(body),
      });
      await ui.page.route('**/v1/health', (route) =>
        route.fulfill(
          fail(500, {
            ...{ status: 'unhealthy', message: 'one is down' },
            services: { ipam: { status: 'unhealthy', message: 'lost its database' } },
          }),
        ),
      );
      await ui.page.route('**/ready', (route) => route.fulfill(fail(503, { ready: false, obstacles: ['no broker'] })));
      await ui.page.getByRole('link', { name: 'Health' }).click();
      await ui.text('lost its database');
      await ui.text('no broker');
      await ui.expectAccessible();
    });
  });

  describe('API tokens', () => {
    it('are revoked by admins', async () => {
      await ui.open('fsck', 'viewer');
      expect(await ui.page.getByRole('link', { name: 'API tokens' }).count()).toBe(0);
      await ui.open('tokens', 'admin');
      await ui.cell('viewer-of-tests').first().waitFor();
      await ui.expectAccessible();
      await ui.button('Revoke the token of viewer-of-tests').first().click();
      await ui.dialog.confirm('Revoke');
      const tokens = await ui.demo.rest('admin').get<TokenAnswer[]>('v1/user/token');
      expect(tokens.some(({ subject, revoked }) => subject === 'viewer-of-tests' && revoked)).toBe(true);
      await ui.open('tokens', 'editor');
      await ui.text('API tokens need the role admin.');
    });
  });
});
