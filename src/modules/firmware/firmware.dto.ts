import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('v1.BoardRevisions')
export class BoardRevisions {
  @Field('string', { required: true, map: true, array: true, doc: 'revisions by board' })
  BoardRevisions!: Record<string, readonly string[]>;
}

@WireModel('v1.VendorRevisions')
export class VendorRevisions {
  @Field(() => BoardRevisions, { required: true, map: true, doc: 'boards by vendor' })
  VendorRevisions!: Record<string, BoardRevisions>;
}

@WireModel('v1.FirmwaresResponse')
export class FirmwaresResponse {
  @Field(() => VendorRevisions, { required: true, map: true, doc: 'vendors by kind' })
  revisions!: Record<string, VendorRevisions>;
}

@WireModel('v1.MachineUpdateFirmwareRequest')
export class MachineUpdateFirmwareRequest {
  @Field('string', { required: true, enum: ['bios', 'bmc'] }) kind?: string;
  @Field('string', { required: true }) revision?: string;
  @Field('string', { required: true, doc: 'reason for the update; recorded in the audit trail' }) description?: string;
}
