import { describe, expect, it } from 'vitest';
import { translateGroups } from './groups.js';

const ldap = { directoryType: 'ldap', userTenant: 'tnnt', providerTenant: 'tnnt' };
const ad = { directoryType: 'AD', userTenant: 'Tn', providerTenant: 'Tn' };

describe('translateGroups', () => {
  // The examples of docs/reference/authentication.md#bearer-tokens, followed by edge cases of its rules.
  it.each([
    ['tnnt_maas-all-all-admin', ['maas-all-all-admin']],
    ['TNNT_Maas-All-All-View', ['maas-all-all-view']],
    ['other_maas-all-all-admin', []],
    ['tnnt_maas-ddd#all-all-admin', ['maas-ddd#all-all-admin']],
    ['k8s_kaas-admin', []],
    ['tnnt_maas-my$project-all-view', ['maas-my$project-all-view']],
    ['maas-all-all-admin', []],
    ['tnnt_maas-all-all-admin_x', []],
    ['tnnt_maas-all-all-all-admin', []],
    ['tnnt_---', []],
    ['tnnt_maas-#all-all-admin', []],
    ['tnnt_maas-a#b#c-all-admin', []],
    ['_maas-all-all-admin', []],
    ['', []],
  ])('ldap %s', (name, groups) => expect(translateGroups([name], ldap)).toEqual(groups));

  it.each([
    ['TnPg_Srv_Appmaas-all-all-edit_Full', ['maas-all-all-edit']],
    ['tnpg_srv_appmaas-all-all-edit_full', ['maas-all-all-edit']],
    ['XxPg_Srv_Appmaas-all-all-edit_Full', []],
    ['TnPgx_Srv_Appmaas-all-all-edit_Full', []],
    ['TnPg_Srv_Appmaas-all-all-edit', []],
    ['TnPg_Srv_Ap_Full', []],
    ['TnPg_Srv__Full', []],
  ])('ad %s', (name, groups) => expect(translateGroups([name], ad)).toEqual(groups));

  it('drops on-behalf-of names unless the user belongs to the provider tenant', () => {
    const customer = { ...ldap, providerTenant: 'provider' };
    expect(translateGroups(['tnnt_maas-ddd#all-all-admin', 'tnnt_maas-all-all-view'], customer)).toEqual([
      'maas-all-all-view',
    ]);
  });

  it.each(['azure', '', 'constructor'])('rejects the directory type %j', (directoryType) =>
    expect(() => translateGroups([], { ...ldap, directoryType })).toThrow(`invalid directoryType ${directoryType}`),
  );
});
