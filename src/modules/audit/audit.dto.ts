import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('v1.AuditFindRequest')
export class AuditFindRequest {
  @Field('int64', { doc: 'at most so many of the newest; 1000 when 0 or absent' }) limit?: number;
  @Field('date-time', { doc: 'since; one day ago when absent' }) from?: string;
  @Field('date-time', { doc: 'until' }) to?: string;
  @Field('string') component?: string;
  @Field('string', { doc: 'id of the request, as the caller gave it' }) rqid?: string;
  @Field('string', { doc: 'id of the call in the trail' }) call_id?: string;
  @Field('string', { doc: 'http or grpc' }) type?: string;
  @Field('string', { doc: 'e-mail, or the name of a technical user' }) user?: string;
  @Field('string') tenant?: string;
  @Field('string') project?: string;
  @Field('string', { doc: 'HTTP method, or unary' }) detail?: string;
  @Field('string', { doc: 'request, response, or single for a note of the trail itself' }) phase?: string;
  @Field('string', { doc: 'part of the path' }) path?: string;
  @Field('string', { doc: 'part of the header X-Forwarded-For' }) forwarded_for?: string;
  @Field('string', { doc: 'part of the address' }) remote_addr?: string;
  @Field('string', { doc: 'part of the body' }) body?: string;
  @Field('int32', { doc: 'status of the answer' }) status_code?: number;
  @Field('string', { doc: 'part of the error' }) error?: string;
}

@WireModel('v1.AuditResponse')
export class AuditResponse {
  @Field('string') component!: string;
  @Field('string', { doc: 'id of the request, as the caller gave it' }) rqid!: string;
  @Field('string', { doc: 'id of the call in the trail, the same for both phases and no other call' }) call_id?: string;
  @Field('string', { doc: 'http or grpc' }) type!: string;
  @Field('date-time') timestamp!: string;
  @Field('string', { doc: 'e-mail, or the name of a technical user' }) user!: string;
  @Field('string') tenant!: string;
  @Field('string', { doc: 'HTTP method, or unary' }) detail!: string;
  @Field('string', { doc: 'request, response, or single for a note of the trail itself' }) phase!: string;
  @Field('string') path!: string;
  @Field('string') forwarded_for!: string;
  @Field('string') remote_addr!: string;
  @Field('string', { doc: 'JSON with secrets blanked; empty without a body and of refused requests' }) body!: string;
  @Field('int32', { doc: 'null in the phases request and single' }) status_code!: number | null;
  @Field('string', { doc: 'JSON, empty when nothing went wrong' }) error!: string;
}
