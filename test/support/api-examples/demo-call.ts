/**
 * A call whose example the documents show, as it works at the demo. `{machine}` and `{other}` stand for machines that wait,
 * `{network}` for the network that `allocateNetwork` has returned last, `{wait}` for the request that was accepted last.
 */
export interface DemoCall {
  readonly id: string;
  readonly title: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export const call = (id: string, title: string, parameters: DemoCall['parameters'] = {}, body?: unknown): DemoCall => ({
  id,
  title,
  parameters,
  ...(body !== undefined && { body }),
});
