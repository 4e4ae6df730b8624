import type { Meta, QuotaSet } from '../../api/types.js';
import type { Field } from '../../components/form-dialog.js';
import { labelTexts, labelsIn, listIn, numberIn, textIn } from '../../components/form-values.js';
import type { Values } from '../../components/form-values.js';

/** What projects and tenants have in common: they are replaced as a whole, guarded by the version that was read. */
export const META_FIELDS: readonly Field[] = [
  { name: 'labels', label: 'Labels', kind: 'tags' },
  { name: 'annotations', label: 'Annotations', kind: 'tags', hint: 'key=value' },
];

export const metaValues = (meta: Meta | undefined): Values => ({
  id: meta?.id ?? '',
  labels: meta?.labels ?? [],
  annotations: labelTexts(meta?.annotations),
});

export const metaOf = (values: Values, old: Meta | undefined): Meta => ({
  ...old,
  id: textIn(values, 'id'),
  labels: listIn(values, 'labels'),
  annotations: labelsIn(values, 'annotations'),
});

const QUOTAS = ['machine', 'ip', 'cluster', 'project'] as const;

export const quotaField = (kind: (typeof QUOTAS)[number], label: string): Field => ({
  name: `quota-${kind}`,
  label,
  hint: 'unlimited if empty',
});

export const quotaValues = (quotas: QuotaSet | null | undefined): Values =>
  Object.fromEntries(QUOTAS.map((kind) => [`quota-${kind}`, String(quotas?.[kind]?.quota ?? '')]));

/** Quotas that the form has no field for stay as they are. */
export function quotasOf(values: Values, old: QuotaSet | null | undefined): QuotaSet | undefined {
  const changed = QUOTAS.filter((kind) => values[`quota-${kind}`] !== undefined).map((kind) => {
    const quota = numberIn(values, `quota-${kind}`);
    return [kind, quota === undefined ? undefined : { quota }] as const;
  });
  // A new project without any gets the defaults of its tenant.
  if (!old && changed.every(([, quota]) => quota === undefined)) return undefined;
  return { ...old, ...Object.fromEntries(changed) };
}

/** Such as `3 of 10`. */
export const quotaText = (quotas: QuotaSet | null | undefined, kind: (typeof QUOTAS)[number]): string => {
  const { quota, used } = quotas?.[kind] ?? {};
  if (quota === undefined || quota === null) return '';
  return used === undefined || used === null ? `at most ${quota}` : `${used} of ${quota}`;
};
