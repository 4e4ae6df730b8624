# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY console/package.json console/package.json
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY src src
COPY migrations migrations
COPY scripts scripts
COPY console console
# Only the bundle is shipped, not what it was made of.
RUN npm run build && npm prune --omit=dev && rm -r dist/src dist/migrations

FROM node:24-bookworm-slim
# ipmitool is for the commands `agent` and `console`, which run from the same image.
RUN apt-get update && apt-get install -y --no-install-recommends ipmitool && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production METAL_API_BIND_ADDR=0.0.0.0 METAL_API_DATA_DIR=/data
# With the size of the young generation below, this saves a third of the memory (docs/guide/sizing.md).
ENV MALLOC_ARENA_MAX=2
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/console/dist console/dist
COPY proto proto
# What `metal-api version` and GET v1/version show; all of it may be left out.
ARG REVISION=''
ARG GIT_SHA=''
ARG BUILD_DATE=''
RUN printf '{"revision":"%s","gitsha1":"%s","builddate":"%s"}\n' "$REVISION" "$GIT_SHA" "$BUILD_DATE" >build-info.json
RUN mkdir -m 0700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080 50051 2112
HEALTHCHECK --interval=15s --timeout=10s --start-period=15s \
  CMD node -e "fetch('http://127.0.0.1:8080' + (process.env.METAL_API_BASE_PATH || '/') + 'v1/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
ENTRYPOINT ["node", "--max-semi-space-size=16", "dist/main.js"]
CMD ["serve"]
