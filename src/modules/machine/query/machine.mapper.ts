import { KeptAnswer, withCachedJson } from '../../../platform/http/wire/json.js';
import type { JsonOf } from '../../../platform/http/wire/list-response.js';
import { memoizeByIdentity } from '../../../shared/memoize-by-identity.js';
import { partitionPart } from '../../partition/partition.mapper.js';
import type { Size } from '../../size/size.js';
import { toSizeResponse } from '../../size/size.mapper.js';
import type { MachineIpmi } from '../bmc/bmc.dto.js';
import { ipmiBlock } from '../bmc/ipmi-block.js';
import { NO_EVENTS, toEventsResponse } from '../event/event.mapper.js';
import { toHardwareResponse } from './hardware.mapper.js';
import { holdsSecrets, toAllocationResponse, withoutSecrets } from './machine-allocation.mapper.js';
import type { MachineIPMIResponse, MachineResponse, MachineStateDto } from './machine.dto.js';
import { newBmcRecord } from '../bmc-record.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine, MachineState } from '../machine.js';
import type { Disclosure } from './disclosure.js';
import type { MachineBmcView, MachineView } from './machine-view.service.js';

/** The response for callers that may change the machine: it contains the secrets of the allocation. */
export const toMachineResponse = ({ machine, partition, size, image, events, room }: MachineView): MachineResponse => ({
  id: machine.id,
  name: machine.name,
  description: machine.description,
  rackid: machine.rackId ?? '',
  hardware: toHardwareResponse(machine.hardware),
  bios: machine.bios,
  state: toStateResponse(machine.state),
  ledstate: machine.led,
  tags: machine.tags,
  created: machine.created,
  changed: machine.changed,
  roomid: room ?? '',
  partition: partition ? partitionPart(partition) : null,
  size: size ? sizePart(size) : null,
  allocation: machine.allocation ? toAllocationResponse(machine.allocation, image) : null,
  liveliness: events?.liveliness ?? '',
  events: events ? toEventsResponse(events) : NO_EVENTS,
});

/**
 * The same response for reads, which are far more frequent than changes: it is kept as bytes, until something changes that it
 * shows. Routes open to viewers use `machineAnswerFor`.
 */
export function machineAnswer(view: MachineView): MachineAnswer {
  const last = kept.get(view.machine);
  if (last && showsSame(last.view, view)) return last;
  const answer = new AnswerOfView(view);
  kept.set(view.machine, answer);
  return answer;
}

class AnswerOfView extends KeptAnswer<MachineResponse> {
  constructor(readonly view: MachineView) {
    super(() => toMachineResponse(view));
  }

  /** Without its bytes, it is worth no memory either. */
  override forget(): void {
    super.forget();
    if (kept.get(this.view.machine) === this) kept.delete(this.view.machine);
  }
}

/** The last response for each machine of which bytes are kept; collected with its document. */
const kept = new WeakMap<Machine, AnswerOfView>();

const showsSame = (one: MachineView, other: MachineView): boolean =>
  one.events === other.events &&
  one.partition === other.partition &&
  one.size === other.size &&
  one.image === other.image &&
  one.room === other.room;

export type MachineAnswer = KeptAnswer<MachineResponse>;

/** The same, with secrets that `disclosure` does not reveal replaced by `""`. */
export const machineAnswerFor = (view: MachineView, { allocation }: Disclosure): MachineAnswer =>
  allocation ? machineAnswer(view) : withoutAllocationSecrets(machineAnswer(view));

/** The response with BMC data; secrets according to `disclosure`. */
export const machineIpmiJson = (view: MachineBmcView, disclosure: Disclosure): JsonOf<MachineIPMIResponse> => {
  const bmc = view.bmc ?? newBmcRecord(view.machine.id);
  const ipmi = disclosure.bmcPassword ? ipmiWithPassword(bmc) : ipmiWithoutPassword(bmc);
  return machineAnswerFor(view, disclosure).json.extended('ipmi', ipmi.json);
};

/** Usually returns the same response, because few machines hold a secret. */
export const withoutAllocationSecrets = memoizeByIdentity((answer: MachineAnswer): MachineAnswer => {
  const { allocation } = answer.value;
  return allocation && holdsSecrets(allocation) ? new KeptAnswer(() => concealed(answer.value)) : answer;
});

const concealed = (answer: MachineResponse): MachineResponse => ({
  ...answer,
  allocation: answer.allocation && withoutSecrets(answer.allocation),
});

const sizePart = memoizeByIdentity((size: Size) => withCachedJson(toSizeResponse(size)));

/** The API calls a machine reserved that is stored as tainted (docs/reference/machine-release.md#machine-state). */
const toStateResponse = (state: MachineState): MachineStateDto => ({
  value: state.value === 'TAINTED' ? 'RESERVED' : state.value,
  description: state.description,
  issuer: state.issuer || undefined,
  metal_hammer_version: state.metalHammerVersion,
});

const NO_METRIC = { averageconsumedwatts: 0, intervalinmin: 0, maxconsumedwatts: 0, minconsumedwatts: 0 };

const ipmiWithPassword = memoizeByIdentity((bmc: StoredBmc) => keptIpmi(bmc, bmc.password));
const ipmiWithoutPassword = memoizeByIdentity((bmc: StoredBmc) => keptIpmi(bmc, ''));

const keptIpmi = (bmc: StoredBmc, password: string) => new KeptAnswer(() => toIpmiResponse(bmc, password));

type StoredBmc = Omit<BmcRecord, 'revision'>;

// Generated Python clients reject a response in which a required field is null.
const toIpmiResponse = (bmc: StoredBmc, password: string): MachineIpmi => {
  const block = ipmiBlock(bmc);
  return { ...block, password, powermetric: block.powermetric ?? NO_METRIC };
};
