import { Body, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { KeptLists } from '../../platform/http/lists/kept-lists.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import type { ListResponse } from '../../platform/http/wire/list-response.js';
import { ProjectCreateRequest, ProjectFindRequest, ProjectResponse, ProjectUpdateRequest } from './project.dto.js';
import type { Project } from './project.js';
import { toProjectQuery, toProjectResponse, toProjectSpec } from './project.mapper.js';
import { toMeta } from '../tenant/tenant.mapper.js';
import { ProjectService } from './project.service.js';

@V1Controller('project')
export class ProjectController {
  constructor(
    private readonly projects: ProjectService,
    private readonly lists: KeptLists,
  ) {}

  @Get()
  @Operation({ id: 'listProjects', role: 'viewer', summary: 'list all projects', result: [ProjectResponse] })
  listProjects(): Promise<ListResponse<ProjectResponse>> {
    return this.lists.respond('project', '', {
      all: () => this.projects.list(),
      find: (id) => this.projects.find(id),
      answer: (project) => this.answer(project),
    });
  }

  @Get(':id')
  @Operation({ id: 'findProject', role: 'viewer', summary: 'get a project by ID', result: ProjectResponse })
  findProject(@Param('id') id: string): ProjectResponse {
    return this.answer(this.projects.get(id));
  }

  @Post('find')
  @Operation({
    id: 'findProjects',
    role: 'viewer',
    summary: 'find projects by properties',
    body: ProjectFindRequest,
    result: [ProjectResponse],
    audit: 'exclude',
  })
  findProjects(@Body() body: ProjectFindRequest): ProjectResponse[] {
    return this.projects.search(toProjectQuery(body)).map((project) => this.answer(project));
  }

  @Put()
  @Operation({
    id: 'createProject',
    role: 'admin',
    summary: 'create a project',
    status: 201,
    body: ProjectCreateRequest,
    result: ProjectResponse,
    errors: [409],
  })
  async createProject(@Body() body: ProjectCreateRequest): Promise<ProjectResponse> {
    return this.answer(await this.projects.create(toMeta(body.meta) ?? {}, toProjectSpec(body)));
  }

  @Post()
  @Operation({
    id: 'updateProject',
    role: 'admin',
    summary: 'replace a project; 412 if the request has an outdated version',
    body: ProjectUpdateRequest,
    result: ProjectResponse,
    errors: [412],
  })
  async updateProject(@Body() body: ProjectUpdateRequest): Promise<ProjectResponse> {
    return this.answer(await this.projects.update(toMeta(body.meta), toProjectSpec(body)));
  }

  @Delete(':id')
  @Operation({
    id: 'deleteProject',
    role: 'admin',
    summary: 'delete an empty project',
    result: ProjectResponse,
  })
  async deleteProject(@Param('id') id: string): Promise<ProjectResponse> {
    return this.answer(await this.projects.delete(id));
  }

  private answer(project: Project): ProjectResponse {
    return toProjectResponse(project, this.projects.usage(project.id));
  }
}
