# Builds the static executable, then puts it alone into an empty image: no shell, no libraries, no package manager.
#
#   docker build -t quern .
#   docker run -p 8000:8000 -v quern-data:/data quern

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates file libcmark-dev libsqlite3-dev libssl-dev make zlib1g-dev libzstd-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN make build
RUN mkdir /empty

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /source/.build/release/quern /quern
COPY --from=build --chown=65532:65532 /empty /data
USER 65532:65532
ENV QUERN_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/quern", "health"]
ENTRYPOINT ["/quern"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
