import { extendCached, withCachedJson } from '../../../platform/http/wire/json.js';
import { memoizeByIdentity } from '../../../shared/memoize-by-identity.js';
import type { Image } from '../../image/image.js';
import type { Partition } from '../../partition/partition.js';
import { toPartitionResponse } from '../../partition/partition.mapper.js';
import type { Size } from '../../size/size.js';
import { toSizeResponse } from '../../size/size.mapper.js';
import type { MachineIpmi } from '../bmc/bmc.dto.js';
import { ipmiBlock } from '../bmc/ipmi-block.js';
import { NO_EVENTS, toEventsResponse } from '../event/event.mapper.js';
import type { EventContainer } from '../event/provisioning-event.js';
import { toHardwareResponse } from './hardware.mapper.js';
import { holdsSecrets, toAllocationResponse, withoutSecrets } from './machine-allocation.mapper.js';
import type { MachineAllocationDto } from './machine-allocation.dto.js';
import type { MachineIPMIResponse, MachineResponse, MachineStateDto } from './machine.dto.js';
import { newBmcRecord } from '../bmc-record.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine, MachineState } from '../machine.js';
import type { Disclosure } from './disclosure.js';
import type { MachineView } from './machine-view.service.js';

/**
 * Builds the response for callers that may change the machine: it contains the secrets of the allocation. Routes open
 * to viewers use `toMachineResponseFor`.
 *
 * Responses are assembled from parts that are memoized per document, and are memoized themselves: reads are far more
 * frequent than changes, and most changes affect the event log only. Never modify a response.
 */
export const toMachineResponse = ({ machine, partition, size, image, events, room }: MachineView): MachineResponse =>
  machineResponse(machine, partition, size, image, events, room);

/** The same response, with secrets that `disclosure` does not reveal replaced by `""`. */
export const toMachineResponseFor = (view: MachineView, { allocation }: Disclosure): MachineResponse =>
  allocation ? toMachineResponse(view) : withoutAllocationSecrets(toMachineResponse(view));

/** The response with BMC data; secrets according to `disclosure`. */
export const toMachineIPMIResponse = (view: MachineView, disclosure: Disclosure): MachineIPMIResponse => {
  const bmc = view.bmc ?? newBmcRecord(view.machine.id);
  const ipmi = disclosure.bmcPassword ? ipmiWithPassword(bmc) : ipmiWithoutPassword(bmc);
  return extendCached(toMachineResponseFor(view, disclosure), 'ipmi', ipmi);
};

/** Memoized per response. Usually returns the same object, because few machines hold a secret. */
export const withoutAllocationSecrets = memoizeByIdentity((answer: MachineResponse): MachineResponse =>
  answer.allocation && holdsSecrets(answer.allocation)
    ? withCachedJson({ ...answer, allocation: concealedAllocation(answer.allocation) })
    : answer,
);

const concealedAllocation = memoizeByIdentity((allocation: MachineAllocationDto) =>
  withCachedJson(withoutSecrets(allocation)),
);

const machineResponse = memoizeByIdentity(
  (
    machine: Machine,
    partition: Partition | undefined,
    size: Size | undefined,
    image: Image | undefined,
    events: EventContainer | undefined,
    room: string | undefined,
  ): MachineResponse =>
    withCachedJson({
      ...ownPart(machine),
      roomid: room ?? '',
      partition: partition ? partitionPart(partition) : null,
      size: size ? sizePart(size) : null,
      allocation: allocationPart(machine, image),
      liveliness: events?.liveliness ?? '',
      events: events ? eventsPart(events) : NO_EVENTS,
    }),
);

const partitionPart = memoizeByIdentity((partition: Partition) => withCachedJson(toPartitionResponse(partition)));
const sizePart = memoizeByIdentity((size: Size) => withCachedJson(toSizeResponse(size)));
const eventsPart = memoizeByIdentity((events: EventContainer) => withCachedJson(toEventsResponse(events)));

const allocationPart = memoizeByIdentity(({ allocation }: Machine, image: Image | undefined) =>
  allocation ? withCachedJson(toAllocationResponse(allocation, image)) : null,
);

/** The fields that come from the machine's own document. */
const ownPart = memoizeByIdentity((machine: Machine) => ({
  id: machine.id,
  name: machine.name,
  description: machine.description,
  rackid: machine.rackId ?? '',
  hardware: withCachedJson(toHardwareResponse(machine.hardware)),
  bios: machine.bios,
  state: toStateResponse(machine.state),
  ledstate: machine.led,
  tags: machine.tags,
  created: machine.created,
  changed: machine.changed,
}));

/** The API calls a machine reserved that is stored as tainted (docs/reference/machine-release.md#machine-state). */
const toStateResponse = (state: MachineState): MachineStateDto => ({
  value: state.value === 'TAINTED' ? 'RESERVED' : state.value,
  description: state.description,
  issuer: state.issuer || undefined,
  metal_hammer_version: state.metalHammerVersion,
});

const NO_METRIC = { averageconsumedwatts: 0, intervalinmin: 0, maxconsumedwatts: 0, minconsumedwatts: 0 };

const ipmiWithPassword = memoizeByIdentity((bmc: StoredBmc) => withCachedJson(toIpmiResponse(bmc, bmc.password)));
const ipmiWithoutPassword = memoizeByIdentity((bmc: StoredBmc) => withCachedJson(toIpmiResponse(bmc, '')));

type StoredBmc = Omit<BmcRecord, 'revision'>;

// Generated Python clients reject a response in which a required field is null.
const toIpmiResponse = (bmc: StoredBmc, password: string): MachineIpmi => {
  const block = ipmiBlock(bmc);
  return { ...block, password, powermetric: block.powermetric ?? NO_METRIC };
};
