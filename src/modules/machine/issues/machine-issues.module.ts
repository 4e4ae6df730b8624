import { Module } from '@nestjs/common';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineEventModule } from '../event/machine-event.module.js';
import { MachineQueryModule } from '../query/machine-query.module.js';
import { IssueExplanationController } from './issue-explanation.controller.js';
import { IssueController } from './issue.controller.js';
import { IssueService } from './issue.service.js';

/** What is wrong with machines. */
@Module({
  imports: [MachineCoreModule, MachineEventModule, MachineQueryModule],
  controllers: [IssueController, IssueExplanationController],
  providers: [IssueService],
  exports: [IssueService],
})
export class MachineIssuesModule {}
