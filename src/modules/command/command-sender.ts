import { Injectable } from '@nestjs/common';

/**
 * Which replica this process is while its dispatcher runs. New commands that can be sent at once are stored as claimed by
 * it, which saves the write of the claim.
 */
@Injectable()
export class CommandSender {
  /** Undefined while nothing is sent from this process. */
  replica: string | undefined;
}
