import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, type Clock } from '../../../shared/clock.js';
import { invalid, notFound } from '../../../shared/errors/domain-error.js';
import { SwitchService } from '../../switch/switch.service.js';
import { EventService } from '../event/event.service.js';
import { underWay } from '../machine.js';
import type { Bmc, Machine } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { MachineViewService } from '../query/machine-view.service.js';
import type { MachineView } from '../query/machine-view.service.js';

/** Takes machines out of the database that have left the data centre. */
@Injectable()
export class RemovalService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @InjectTable(bmcTable) private readonly bmcs: Table<Bmc>,
    private readonly views: MachineViewService,
    private readonly events: EventService,
    private readonly switches: SwitchService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Removes a machine that nobody owns and that is silent, with its events, BMC data and switch connections; returns
   * what was known of it. Throws `not-found`, `invalid` for one that is owned or not dead, `conflict` when it was
   * changed at the same moment. A call that failed half way may be repeated: it finishes, and says `not-found`.
   */
  async remove(id: string): Promise<MachineView> {
    const machine = this.machines.get(id);
    if (!machine) {
      // Another replica may have just created it.
      if (!(await this.machines.fresh(id))) await this.forget(id);
      throw notFound('machine', id);
    }
    await this.events.refresh(id); // it may have come back to life, and told another replica
    const view = this.views.of(machine);
    this.refuse(machine);
    // The revision stands for all that was checked: a claim that came in between makes this fail.
    await this.machines.remove(id, machine.revision);
    await this.forget(id);
    return view;
  }

  private refuse(machine: Machine): void {
    const { id, allocation } = machine;
    if (allocation) throw invalid(`machine "${id}" is allocated to project "${allocation.project}", free it first`);
    const busy = underWay(machine, this.clock.now());
    if (busy !== undefined) throw invalid(busy);
    const liveliness = this.events.find(id)?.liveliness ?? 'Dead';
    if (liveliness !== 'Dead') throw invalid(`machine "${id}" is ${liveliness}, only a Dead one can be deleted`);
  }

  private async forget(id: string): Promise<void> {
    await Promise.all([this.switches.disconnect(id), this.events.forget(id), this.bmcs.remove(id)]);
  }
}
