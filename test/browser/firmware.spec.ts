import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleStage, THEMES } from '../support/browser/console-stage.js';
import { installed } from '../support/installed.js';
import { S3_PROGRAM, S3Server } from '../support/s3.js';

interface Bmc {
  readonly ipmi: { readonly fru: { readonly board_mfg: string; readonly board_part_number: string } };
}

const isPossible = installed('firmware in a browser', 'chromium') && installed('firmware in a browser', S3_PROGRAM);

describe.skipIf(!isPossible)('updating firmware', () => {
  let s3: S3Server;
  beforeAll(async () => void (s3 = await S3Server.start()));
  afterAll(() => s3?.stop());
  const stage = ConsoleStage.forSuite({ machines: 1, variables: () => s3.variables });

  const upload = async (id: string): Promise<void> => {
    const { ipmi } = await stage.demo.rest('viewer').get<Bmc>(`v1/machine/${id}/ipmi`);
    const { board_mfg: vendor, board_part_number: board } = ipmi.fru;
    const form = new FormData();
    form.set('file', new Blob(['the firmware']), 'file');
    const path = ['bios', vendor, board, '2.0'].map(encodeURIComponent).join('/');
    const headers = { authorization: `Bearer ${stage.demo.token('admin')}` };
    const response = await fetch(`${stage.proxy.url}v1/firmware/${path}`, { method: 'PUT', headers, body: form });
    expect(await response.text()).toBe('');
  };

  it.each(THEMES)('offers what is stored for the board, and shows how it goes (%s)', async (scheme, width) => {
    const { id } = (await stage.machines())[0]!;
    await upload(id);
    await stage.useTheme(scheme, width);
    await stage.visit(`machines/${id}`);
    await stage.choose('Manage', 'Update firmware…');
    await stage.dialog.box.getByText('installed:').waitFor();
    await stage.dialog.pick('Revision', '2.0');
    await stage.dialog.fill({ Reason: 'security' });
    await stage.expectAccessible();
    await stage.dialog.box.getByRole('button', { name: 'Update', exact: true }).click();
    await stage.progress(/Update firmware: .*done/);
    const journal = stage.page.getByRole('region', { name: 'Command journal' });
    await journal.getByRole('cell', { name: 'UPDATE-FIRMWARE', exact: true }).first().waitFor();
  });

  it('is for admins', async () => {
    const { id } = (await stage.machines())[0]!;
    await stage.visit(`machines/${id}`, 'editor');
    await stage.button('Manage').click();
    await stage.page.getByRole('menuitem', { name: 'Lock…' }).waitFor();
    expect(await stage.page.getByRole('menuitem', { name: 'Update firmware…' }).count()).toBe(0);
  });
});
