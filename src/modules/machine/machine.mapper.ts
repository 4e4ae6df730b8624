import { extended, unchanging } from '../../platform/http/wire/json.js';
import { remembered } from '../../shared/remembered.js';
import type { Image } from '../image/image.js';
import type { Partition } from '../partition/partition.js';
import { toPartitionResponse } from '../partition/partition.mapper.js';
import type { Size } from '../size/size.js';
import { toSizeResponse } from '../size/size.mapper.js';
import type { MachineIpmi } from './bmc/bmc.dto.js';
import { ipmiBlock } from './bmc/ipmi-block.js';
import { NO_EVENTS, toEventsResponse } from './event/event.mapper.js';
import type { EventContainer } from './event/provisioning-event.js';
import { toHardwareResponse } from './hardware.mapper.js';
import { holdsSecrets, toAllocationResponse, withoutSecrets } from './machine-allocation.mapper.js';
import type { MachineAllocation as MachineAllocationResponse } from './machine-allocation.dto.js';
import type { MachineIPMIResponse, MachineResponse, MachineState as MachineStateResponse } from './machine.dto.js';
import { newBmc } from './machine.js';
import type { Bmc, Machine, MachineState } from './machine.js';
import type { Disclosure } from './query/disclosure.js';
import type { MachineView } from './query/machine-view.service.js';

/**
 * For callers that may change the machine: shows the secrets of its allocation. What viewers may call answers with
 * `toMachineResponseFor`.
 *
 * Answers are put together from parts that are remembered for each document, and remembered themselves: readers ask far
 * more often than anything changes, and most of what changes is the event log. Never change an answer.
 */
export const toMachineResponse = ({ machine, partition, size, image, events, room }: MachineView): MachineResponse =>
  machineResponse(machine, partition, size, image, events, room);

/** The same with the secrets that `disclosure` does not show replaced by `""`. */
export const toMachineResponseFor = (view: MachineView, { allocation }: Disclosure): MachineResponse =>
  allocation ? toMachineResponse(view) : concealed(toMachineResponse(view));

/** With the data of the BMC; secrets as `disclosure` says. */
export const toMachineIPMIResponse = (view: MachineView, disclosure: Disclosure): MachineIPMIResponse => {
  const bmc = view.bmc ?? newBmc(view.machine.id);
  const ipmi = disclosure.bmcPassword ? ipmiWithPassword(bmc) : ipmiWithoutPassword(bmc);
  return extended(toMachineResponseFor(view, disclosure), 'ipmi', ipmi);
};

/** Remembered with the answer that it is made of, and most of them are the very same: few machines hold a secret. */
const concealed = remembered((answer: MachineResponse): MachineResponse =>
  answer.allocation && holdsSecrets(answer.allocation)
    ? unchanging({ ...answer, allocation: concealedAllocation(answer.allocation) })
    : answer,
);

const concealedAllocation = remembered((allocation: MachineAllocationResponse) =>
  unchanging(withoutSecrets(allocation)),
);

const machineResponse = remembered(
  (
    machine: Machine,
    partition: Partition | undefined,
    size: Size | undefined,
    image: Image | undefined,
    events: EventContainer | undefined,
    room: string | undefined,
  ): MachineResponse =>
    unchanging({
      ...ownPart(machine),
      roomid: room ?? '',
      partition: partition ? partitionPart(partition) : null,
      size: size ? sizePart(size) : null,
      allocation: allocationPart(machine, image),
      liveliness: events?.liveliness ?? '',
      events: events ? eventsPart(events) : NO_EVENTS,
    }),
);

const partitionPart = remembered((partition: Partition) => unchanging(toPartitionResponse(partition)));
const sizePart = remembered((size: Size) => unchanging(toSizeResponse(size)));
const eventsPart = remembered((events: EventContainer) => unchanging(toEventsResponse(events)));

const allocationPart = remembered(({ allocation }: Machine, image: Image | undefined) =>
  allocation ? unchanging(toAllocationResponse(allocation, image)) : null,
);

/** What the machine's own document says. */
const ownPart = remembered((machine: Machine) => ({
  id: machine.id,
  name: machine.name,
  description: machine.description,
  rackid: machine.rackId,
  hardware: unchanging(toHardwareResponse(machine.hardware)),
  bios: machine.bios,
  state: toStateResponse(machine.state),
  ledstate: machine.led,
  tags: machine.tags,
  created: machine.created,
  changed: machine.changed,
}));

/** The API calls reserved what is stored as tainted (reference/10 §4.5). */
const toStateResponse = (state: MachineState): MachineStateResponse => ({
  value: state.value === 'TAINTED' ? 'RESERVED' : state.value,
  description: state.description,
  issuer: state.issuer || undefined,
  metal_hammer_version: state.metalHammerVersion,
});

const NO_METRIC = { averageconsumedwatts: 0, intervalinmin: 0, maxconsumedwatts: 0, minconsumedwatts: 0 };

const ipmiWithPassword = remembered((bmc: StoredBmc) => unchanging(toIpmiResponse(bmc, bmc.password)));
const ipmiWithoutPassword = remembered((bmc: StoredBmc) => unchanging(toIpmiResponse(bmc, '')));

type StoredBmc = Omit<Bmc, 'revision'>;

// Generated Python clients refuse an answer whose required field is null.
const toIpmiResponse = (bmc: StoredBmc, password: string): MachineIpmi => {
  const block = ipmiBlock(bmc);
  return { ...block, password, powermetric: block.powermetric ?? NO_METRIC };
};
