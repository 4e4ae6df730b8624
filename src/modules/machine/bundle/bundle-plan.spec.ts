import { describe, expect, it } from 'vitest';
import type { Network } from '../../network/network.js';
import { unmetNeeds } from './bundle-plan.js';
import type { AddressNeed } from './bundle-plan.js';

const need = (member: string, id = 'n', family = 'IPv4'): AddressNeed => ({
  member,
  network: { id } as Network,
  family,
});

const unmet = (needs: readonly AddressNeed[], free: Readonly<Record<string, number>>) =>
  unmetNeeds(needs, ({ id }, family) => free[`${id} ${family}`] ?? 0).map(
    ({ member, left, needed }) => `${member} ${left}/${needed}`,
  );

describe('unmetNeeds', () => {
  it('is empty when every network has enough addresses of each family', () => {
    expect(unmet([need('a'), need('b'), need('a', 'n', 'IPv6')], { 'n IPv4': 2, 'n IPv6': 1 })).toEqual([]);
  });

  it('gives addresses away in the order of the request, in each network and family by itself', () => {
    const needs = [need('a'), need('b', 'm'), need('c'), need('d'), need('e', 'n', 'IPv6')];
    expect(unmet(needs, { 'n IPv4': 1, 'm IPv4': 5 })).toEqual(['c 1/3', 'd 1/3', 'e 0/1']);
  });

  it('takes a network that is over its limit as full', () => {
    expect(unmet([need('a')], { 'n IPv4': -3 })).toEqual(['a 0/1']);
  });
});
