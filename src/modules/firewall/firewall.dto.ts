import { WireModel } from '../../platform/http/wire/field.js';
import { MachineResponse } from '../machine/query/machine.dto.js';
import { MachineSearchQuery } from '../machine/query/machine-query.dto.js';

@WireModel('v1.FirewallResponse')
export class FirewallResponse extends MachineResponse {}

@WireModel('v1.FirewallFindRequest')
export class FirewallFindRequest extends MachineSearchQuery {}
