import { Field, WireModel } from './wire/field.js';

/** Content of the JSON string that every error of /v1 carries (docs/reference/client-conventions.md#error-body). */
@WireModel('httperrors.HTTPErrorResponse')
export class HttpErrorResponse {
  @Field('int32', { required: true, doc: 'http status code' })
  statuscode!: number;

  @Field('string', { required: true, doc: 'error message' })
  message!: string;
}
