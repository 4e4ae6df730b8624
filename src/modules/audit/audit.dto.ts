import { Field, WireModel } from '../../platform/http/wire/field.js';

/** Comparing the long texts of one line with a longer one would block all other requests. */
const TEXT = { maxLength: 1024 } as const;

@WireModel('v1.AuditFindRequest')
export class AuditFindRequest {
  @Field('int64', { doc: 'maximum number of entries, newest first selected; defaults to 1000 if 0 or absent' })
  limit?: number;
  @Field('date-time', { doc: 'start of the time range; defaults to one day ago' }) from?: string;
  @Field('date-time', { doc: 'end of the time range' }) to?: string;
  @Field('string', TEXT) component?: string;
  @Field('string', { ...TEXT, doc: 'request ID as sent by the caller' }) rqid?: string;
  @Field('string', { ...TEXT, doc: 'ID of the call in the trail' }) call_id?: string;
  @Field('string', { ...TEXT, doc: 'http or grpc' }) type?: string;
  @Field('string', { ...TEXT, doc: 'email address, or the name of a technical user' }) user?: string;
  @Field('string', TEXT) tenant?: string;
  @Field('string', TEXT) project?: string;
  @Field('string', { ...TEXT, doc: 'HTTP method, or unary' }) detail?: string;
  @Field('string', { ...TEXT, doc: 'request, response, or single for an entry about omitted calls' }) phase?: string;
  @Field('string', { ...TEXT, doc: 'part of the path' }) path?: string;
  @Field('string', { ...TEXT, doc: 'part of the header X-Forwarded-For' }) forwarded_for?: string;
  @Field('string', { ...TEXT, doc: 'part of the address' }) remote_addr?: string;
  @Field('string', { ...TEXT, doc: 'part of the body' }) body?: string;
  @Field('int32', { doc: 'status of the response' }) status_code?: number;
  @Field('string', { ...TEXT, doc: 'part of the error' }) error?: string;
}

@WireModel('v1.AuditResponse')
export class AuditResponse {
  @Field('string') component!: string;
  @Field('string', { doc: 'request ID as sent by the caller' }) rqid!: string;
  @Field('string', { doc: 'unique ID of the call in the trail, shared by both of its phases' }) call_id?: string;
  @Field('string', { doc: 'http or grpc' }) type!: string;
  @Field('date-time') timestamp!: string;
  @Field('string', { doc: 'email address, or the name of a technical user' }) user!: string;
  @Field('string') tenant!: string;
  @Field('string', { doc: 'HTTP method, or unary' }) detail!: string;
  @Field('string', { doc: 'request, response, or single for an entry about omitted calls' }) phase!: string;
  @Field('string') path!: string;
  @Field('string') forwarded_for!: string;
  @Field('string') remote_addr!: string;
  @Field('string', { doc: 'JSON with secrets redacted; empty for requests without a body and for refused requests' })
  body!: string;
  @Field('int32', { doc: 'null in the phases request and single' }) status_code!: number | null;
  @Field('string', { doc: 'error as JSON; empty on success' }) error!: string;
}
