/** Generated from spec/metal-api.json by console/scripts/api-types.mjs. */

export interface paths {
    "/v1/audit/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** search the audit trail */
        post: operations["findAuditTraces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/filesystemlayout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all filesystem layouts */
        get: operations["listFilesystemLayouts"];
        /** create a filesystem layout */
        put: operations["createFilesystemLayout"];
        /** replace a filesystem layout */
        post: operations["updateFilesystemLayout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/filesystemlayout/matches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** check whether a filesystem layout fits the disks of a machine */
        post: operations["matchFilesystemLayout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/filesystemlayout/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** get the filesystem layout for a size and an image */
        post: operations["tryFilesystemLayout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/filesystemlayout/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a filesystem layout by ID */
        get: operations["getFilesystemLayout"];
        put?: never;
        post?: never;
        /** delete a filesystem layout */
        delete: operations["deleteFilesystemLayout"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/firewall": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get all firewalls */
        get: operations["listFirewalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/firewall/allocate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** allocate a firewall */
        post: operations["allocateFirewall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/firewall/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find firewalls by properties */
        post: operations["findFirewalls"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/firewall/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a firewall by id */
        get: operations["findFirewall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/firmware": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list stored firmware revisions, or those that a machine runs */
        get: operations["listFirmwares"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/firmware/{kind}/{vendor}/{board}/{revision}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** store a firmware file */
        put: operations["uploadFirmware"];
        post?: never;
        /** remove a firmware file */
        delete: operations["removeFirmware"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** perform a health check */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all images */
        get: operations["listImages"];
        /** create an image */
        put: operations["createImage"];
        /** update an image */
        post: operations["updateImage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/image/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find images by properties */
        post: operations["findImages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/image/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get an image by ID */
        get: operations["findImage"];
        put?: never;
        post?: never;
        /** delete an image */
        delete: operations["deleteImage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/image/{id}/latest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get the newest image for a full or short ID */
        get: operations["findLatestImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/image/{id}/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all images that match a full or short ID */
        get: operations["queryImages by id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all IP addresses */
        get: operations["listIPs"];
        put?: never;
        /** update an IP address */
        post: operations["updateIP"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ip/allocate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** allocate an IP address in a network */
        post: operations["allocateIP"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ip/allocate/{ip}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** allocate a specific IP address in a network */
        post: operations["allocateSpecificIP"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ip/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find IP addresses by properties */
        post: operations["findIPs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ip/free/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * free an IP address (deprecated, use DELETE)
         * @deprecated
         */
        post: operations["freeIPDeprecated"];
        /** free an IP address */
        delete: operations["freeIP"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ip/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get an IP address by ID */
        get: operations["findIP"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get all machines */
        get: operations["listMachines"];
        put?: never;
        /** change the allocation of a machine */
        post: operations["updateMachine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/allocate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** allocate a machine */
        post: operations["allocateMachine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/consolepassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get the console password of a machine; requires a reason */
        get: operations["getMachineConsolePassword"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find machines by properties */
        post: operations["findMachines"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/ipmi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** report inventory and power data of the BMCs of a partition */
        post: operations["ipmiReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/ipmi/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find machines by properties, with their BMC data */
        post: operations["findIPMIMachines"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/issues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all issues that the server can detect */
        get: operations["listIssues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/issues/evaluate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find issues of machines */
        post: operations["issues"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * register a machine: 201 for a new one, 200 for a known one
         * @deprecated
         */
        post: operations["registerMachine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/update-firmware/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** install a stored firmware revision on a machine */
        post: operations["updateFirmware"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a machine by id */
        get: operations["findMachine"];
        put?: never;
        post?: never;
        /** delete a machine that has left the data center */
        delete: operations["deleteMachine"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/abort-reinstall": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * report that a reinstallation failed
         * @deprecated
         */
        post: operations["abortReinstallMachine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/chassis-identify-led-state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * report the state of the identify LED of a machine
         * @deprecated
         */
        post: operations["setChassisIdentifyLEDState"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/console-login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** check a console password */
        post: operations["checkMachineConsolePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/console-session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** record that a session on the serial console of a machine was opened or closed */
        post: operations["recordMachineConsoleSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/event": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * get the latest events of a machine
         * @deprecated
         */
        get: operations["getProvisioningEventContainer"];
        put?: never;
        /**
         * report an event of a machine
         * @deprecated
         */
        post: operations["addProvisioningEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/finalize-allocation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * report that an operating system is installed
         * @deprecated
         */
        post: operations["finalizeAllocation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/free": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** free a machine */
        delete: operations["freeMachine"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/ipmi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a machine with its BMC data */
        get: operations["findIPMIMachine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/power/bios": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** make a machine enter its BIOS on the next boot */
        post: operations["machineBios"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/power/chassis-identify-led-off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** switch off the identify LED of a machine */
        post: operations["chassisIdentifyLEDOff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/power/chassis-identify-led-on": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** switch on the identify LED of a machine */
        post: operations["chassisIdentifyLEDOn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/power/cycle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** power-cycle a machine */
        post: operations["machineCycle"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/power/disk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** make a machine boot from disk from now on */
        post: operations["machineDisk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/power/off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** power off a machine */
        post: operations["machineOff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/power/on": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** power on a machine */
        post: operations["machineOn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/power/pxe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** make a machine boot from the network from now on */
        post: operations["machinePxe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/power/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** reset a machine */
        post: operations["machineReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/reinstall": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** reinstall an allocated machine */
        post: operations["reinstallMachine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/machine/{id}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** make a machine available, reserved or locked */
        post: operations["setMachineState"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all networks */
        get: operations["listNetworks"];
        /** create a network */
        put: operations["createNetwork"];
        /** update a network */
        post: operations["updateNetwork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network/allocate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** allocate a child network from the private super network of a partition */
        post: operations["allocateNetwork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find networks by properties */
        post: operations["findNetworks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network/free/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * free a child network (deprecated, use DELETE)
         * @deprecated
         */
        post: operations["freeNetworkDeprecated"];
        /** free a child network */
        delete: operations["freeNetwork"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a network by ID */
        get: operations["findNetwork"];
        put?: never;
        post?: never;
        /** delete a network */
        delete: operations["deleteNetwork"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/partition": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all partitions */
        get: operations["listPartitions"];
        /** create a partition */
        put: operations["createPartition"];
        /** update a partition */
        post: operations["updatePartition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/partition/capacity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * get the number of machines per partition and size, as legacy clients count them
         * @deprecated
         */
        get: operations["partitionCapacity2021"];
        put?: never;
        /** get the number of machines per partition and size, and how many are available */
        post: operations["partitionCapacity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/partition/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a partition by ID */
        get: operations["findPartition"];
        put?: never;
        post?: never;
        /** delete an empty partition */
        delete: operations["deletePartition"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/project": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all projects */
        get: operations["listProjects"];
        /** create a project */
        put: operations["createProject"];
        /** replace a project; 412 if the request has an outdated version */
        post: operations["updateProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/project/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find projects by properties */
        post: operations["findProjects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/project/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a project by ID */
        get: operations["findProject"];
        put?: never;
        post?: never;
        /** delete an empty project */
        delete: operations["deleteProject"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all sizes */
        get: operations["listSizes"];
        /** create a size */
        put: operations["createSize"];
        /** update a size */
        post: operations["updateSize"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size-image-constraint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all size image constraints */
        get: operations["listSizeImageConstraints"];
        /** create a size image constraint */
        put: operations["createSizeImageConstraint"];
        /** update a size image constraint */
        post: operations["updateSizeImageConstraint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size-image-constraint/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** check whether an image is allowed on a size */
        post: operations["trySizeImageConstraint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size-image-constraint/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a size image constraint by the ID of its size */
        get: operations["findSizeImageConstraint"];
        put?: never;
        post?: never;
        /** delete a size image constraint */
        delete: operations["deleteSizeImageConstraint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size/from-hardware": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * find the size that matches hardware in the legacy description
         * @deprecated
         */
        post: operations["fromHardware"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all size reservations */
        get: operations["listSizeReservations"];
        /** create a size reservation */
        put: operations["createSizeReservation"];
        /** update a size reservation */
        post: operations["updateSizeReservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size/reservations/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find size reservations by properties */
        post: operations["findSizeReservations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size/reservations/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** get the usage of size reservations by partition */
        post: operations["sizeReservationsUsage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size/reservations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a size reservation by ID */
        get: operations["getSizeReservation"];
        put?: never;
        post?: never;
        /** delete a size reservation */
        delete: operations["deleteSizeReservation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** suggest constraints that describe exactly the hardware of a machine */
        post: operations["suggest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/size/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a size by ID */
        get: operations["findSize"];
        put?: never;
        post?: never;
        /** delete an unused size */
        delete: operations["deleteSize"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all switches */
        get: operations["listSwitches"];
        put?: never;
        /** update mode, console command, room and description of a switch */
        post: operations["updateSwitch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/switch/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find switches by properties */
        post: operations["findSwitches"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/switch/migrate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** migrate the machines of a switch to another switch */
        post: operations["migrateSwitch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/switch/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** register a switch: 201 for a new one, 200 for a known one */
        post: operations["registerSwitch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/switch/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a switch by ID */
        get: operations["findSwitch"];
        put?: never;
        post?: never;
        /** delete a switch */
        delete: operations["deleteSwitch"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/switch/{id}/notify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** report the configuration status of a switch */
        post: operations["notifySwitch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/switch/{id}/port": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** set the desired status of a switch port */
        post: operations["toggleSwitchPort"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list all tenants */
        get: operations["listTenants"];
        /** create a tenant */
        put: operations["createTenant"];
        /** replace a tenant; 412 if the request has an outdated version */
        post: operations["updateTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenant/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** find tenants by properties */
        post: operations["findTenants"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenant/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get a tenant by ID */
        get: operations["getTenant"];
        put?: never;
        post?: never;
        /** delete a tenant without projects */
        delete: operations["deleteTenant"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/user/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get the user who sent the request */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/user/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** list API tokens that were used or revoked and have not expired */
        get: operations["listAPITokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/user/token/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** revoke an API token, whether it was used or not */
        delete: operations["revokeAPIToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** get version information of the server */
        get: operations["info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vpn/authkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** create a key for joining the VPN of a project; requires a reason */
        post: operations["getVPNAuthKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        "datastore.IPSearchQuery": {
            /** @enum {string} */
            addressfamily?: "IPv4" | "IPv6";
            allocationuuid?: string;
            ipaddress?: string;
            machineid?: string;
            name?: string;
            networkid?: string;
            /** @description the prefix that the address was allocated from */
            networkprefix?: string;
            projectid?: string;
            /** @description addresses that have all of these tags */
            tags?: string[];
            type?: string;
        };
        "datastore.ImageSearchQuery": {
            /** @enum {string} */
            classification?: "deprecated" | "preview" | "supported";
            /** @description images that have all of these features */
            features?: string[];
            id?: string;
            name?: string;
            /** @description the part of the ID before the version */
            os?: string;
            /** @description canonical version, for example 20.4.20200502 */
            version?: string;
        };
        "datastore.MachineSearchQuery": {
            allocation_hostname?: string;
            /** @description full image id */
            allocation_image_id?: string;
            allocation_name?: string;
            allocation_project?: string;
            /** @description machine or firewall */
            allocation_role?: string;
            allocation_succeeded?: boolean;
            disk_names?: string[];
            /** @description bytes */
            disk_sizes?: number[];
            fru_board_mfg?: string;
            fru_board_mfg_serial?: string;
            fru_board_part_number?: string;
            fru_chassis_part_number?: string;
            fru_chassis_part_serial?: string;
            fru_product_manufacturer?: string;
            fru_product_part_number?: string;
            fru_product_serial?: string;
            /**
             * Format: int64
             * @description deprecated
             */
            hardware_cpu_cores?: number;
            /**
             * Format: int64
             * @description bytes
             */
            hardware_memory?: number;
            id?: string;
            /** @description host and port */
            ipmi_address?: string;
            ipmi_interface?: string;
            ipmi_mac_address?: string;
            ipmi_user?: string;
            name?: string;
            network_asns?: number[];
            network_destination_prefixes?: string[];
            network_ids?: string[];
            network_ips?: string[];
            /** @description deprecated */
            network_nat?: boolean;
            network_prefixes?: string[];
            /** @description deprecated */
            network_private?: boolean;
            /** @description deprecated */
            network_underlay?: boolean;
            network_vrfs?: number[];
            nics_mac_addresses?: string[];
            nics_names?: string[];
            nics_neighbor_mac_addresses?: string[];
            nics_neighbor_names?: string[];
            nics_neighbor_vrfs?: string[];
            nics_vrfs?: string[];
            partition_id?: string;
            rackid?: string;
            roomid?: string;
            sizeid?: string;
            /** @enum {string} */
            state_value?: "" | "LOCKED" | "RESERVED";
            /** @description machines with all of these tags */
            tags?: string[];
        };
        "datastore.NetworkSearchQuery": {
            /**
             * @description networks with a prefix of this family
             * @enum {string}
             */
            addressfamily?: "IPv4" | "IPv6";
            /** @description networks that have all of these destination prefixes */
            destinationprefixes?: string[];
            id?: string;
            /** @description networks that have all of these labels with these values */
            labels?: {
                [key: string]: string;
            };
            name?: string;
            nat?: boolean;
            parentnetworkid?: string;
            partitionid?: string;
            /** @description networks that have all of these prefixes */
            prefixes?: string[];
            privatesuper?: boolean;
            projectid?: string;
            underlay?: boolean;
            /** Format: int64 */
            vrf?: number;
        };
        "datastore.SwitchSearchQuery": {
            id?: string;
            name?: string;
            osvendor?: string;
            osversion?: string;
            partitionid?: string;
            rackid?: string;
            roomid?: string;
        };
        "httperrors.HTTPErrorResponse": {
            /** @description error message */
            message: string;
            /**
             * Format: int32
             * @description http status code
             */
            statuscode: number;
        };
        "metal.SwitchBGPPortState": {
            /** Format: int64 */
            AcceptedPrefixCounter: number;
            BgpState: string;
            /** Format: int64 */
            BgpTimerUpEstablished: number;
            Neighbor: string;
            PeerGroup: string;
            /** Format: int64 */
            SentPrefixCounter: number;
            VrfName: string;
        };
        "rest.HealthResponse": {
            message: string;
            services?: {
                [key: string]: components["schemas"]["rest.HealthResponse"];
            };
            status: string;
        };
        "rest.version": {
            builddate: string;
            gitsha1: string;
            min_client_version: string;
            name: string;
            release_version?: string;
            revision: string;
            version: string;
        };
        "v1.APITokenResponse": {
            /**
             * Format: date-time
             * @description expiration time of the token
             */
            expires: string;
            /** Format: date-time */
            first_used?: string;
            /** @description the ID that was printed with the token */
            id: string;
            /**
             * Format: date-time
             * @description time of the revocation; absent if the token was not revoked
             */
            revoked?: string;
            /** @enum {string} */
            role?: "viewer" | "editor" | "admin";
            /** @description the technical user; unknown if the token was revoked before its first use */
            subject?: string;
        };
        "v1.AuditFindRequest": {
            /** @description part of the body */
            body?: string;
            /** @description ID of the call in the trail */
            call_id?: string;
            component?: string;
            /** @description HTTP method, or unary */
            detail?: string;
            /** @description part of the error */
            error?: string;
            /** @description part of the header X-Forwarded-For */
            forwarded_for?: string;
            /**
             * Format: date-time
             * @description start of the time range; defaults to one day ago
             */
            from?: string;
            /**
             * Format: int64
             * @description maximum number of entries, newest first selected; defaults to 1000 if 0 or absent
             */
            limit?: number;
            /** @description part of the path */
            path?: string;
            /** @description request, response, or single for an entry about omitted calls */
            phase?: string;
            project?: string;
            /** @description part of the address */
            remote_addr?: string;
            /** @description request ID as sent by the caller */
            rqid?: string;
            /**
             * Format: int32
             * @description status of the response
             */
            status_code?: number;
            tenant?: string;
            /**
             * Format: date-time
             * @description end of the time range
             */
            to?: string;
            /** @description http or grpc */
            type?: string;
            /** @description email address, or the name of a technical user */
            user?: string;
        };
        "v1.AuditResponse": {
            /** @description JSON with secrets redacted; empty for requests without a body and for refused requests */
            body?: string;
            /** @description unique ID of the call in the trail, shared by both of its phases */
            call_id?: string;
            component?: string;
            /** @description HTTP method, or unary */
            detail?: string;
            /** @description error as JSON; empty on success */
            error?: string;
            forwarded_for?: string;
            path?: string;
            /** @description request, response, or single for an entry about omitted calls */
            phase?: string;
            remote_addr?: string;
            /** @description request ID as sent by the caller */
            rqid?: string;
            /**
             * Format: int32
             * @description null in the phases request and single
             */
            status_code?: number;
            tenant?: string;
            /** Format: date-time */
            timestamp?: string;
            /** @description http or grpc */
            type?: string;
            /** @description email address, or the name of a technical user */
            user?: string;
        };
        "v1.BGPFilter": {
            /** @description prefixes that may be announced */
            cidrs: string[];
            /** @description VRF numbers that may be announced */
            vnis?: string[];
        };
        "v1.BoardRevisions": {
            /** @description revisions by board */
            BoardRevisions: {
                [key: string]: string[];
            };
        };
        "v1.BootInfo": {
            bootloaderid: string;
            cmdline: string;
            image_id: string;
            initrd: string;
            kernel: string;
            os_partition: string;
            primary_disk: string;
        };
        "v1.ChassisIdentifyLEDState": {
            description: string;
            /** @description LED-ON or LED-OFF, empty when unknown */
            value: string;
        };
        "v1.Common": {
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.DNSServer": {
            /** @description IP address of a DNS server */
            ip: string;
        };
        "v1.Describable": {
            /** @description a description for this entity */
            description?: string;
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.Disk": {
            /** @description device path */
            device: string;
            /** @description partitions to create */
            partitions?: components["schemas"]["v1.DiskPartition"][];
            /** @description whether a reinstallation may erase the disk */
            wipeonreinstall: boolean;
        };
        "v1.DiskPartition": {
            /** @description ef00, 8300, fd00 or 8e00 */
            gpttype: string;
            /** @description name of the partition */
            label?: string;
            /**
             * Format: byte
             * @description unique on its disk
             */
            number: number;
            /**
             * Format: integer
             * @description size in MiB; 0 means the rest of the disk
             */
            size: number;
        };
        "v1.EmptyBody": Record<string, never>;
        "v1.Filesystem": {
            /** @description options of mkfs, one element per word */
            createoptions?: string[];
            /** @description device of the filesystem */
            device: string;
            /** @description vfat, ext3, ext4, swap, tmpfs or none */
            format: string;
            /** @description name of the filesystem */
            label?: string;
            /** @description mount options */
            mountoptions?: string[];
            /** @description mount point; not mounted if absent */
            path?: string;
        };
        "v1.FilesystemLayoutBase": {
            constraints: components["schemas"]["v1.FilesystemLayoutConstraints"];
            /** @description disks to partition */
            disks?: components["schemas"]["v1.Disk"][];
            /** @description filesystems to create */
            filesystems?: components["schemas"]["v1.Filesystem"][];
            /** @description logical volumes to create */
            logicalvolumes?: components["schemas"]["v1.LogicalVolume"][];
            /** @description software RAIDs to create */
            raid?: components["schemas"]["v1.Raid"][];
            /** @description volume groups to create */
            volumegroups?: components["schemas"]["v1.VolumeGroup"][];
        };
        "v1.FilesystemLayoutConstraints": {
            /** @description the images that the layout is for: operating system and version constraint */
            images: {
                [key: string]: string;
            };
            /** @description IDs of the sizes that the layout is for */
            sizes?: string[];
        };
        "v1.FilesystemLayoutCreateRequest": {
            constraints: components["schemas"]["v1.FilesystemLayoutConstraints"];
            /** @description a description for this entity */
            description?: string;
            /** @description disks to partition */
            disks?: components["schemas"]["v1.Disk"][];
            /** @description filesystems to create */
            filesystems?: components["schemas"]["v1.Filesystem"][];
            /** @description the unique ID of this entity */
            id: string;
            /** @description logical volumes to create */
            logicalvolumes?: components["schemas"]["v1.LogicalVolume"][];
            /** @description a readable name for this entity */
            name?: string;
            /** @description software RAIDs to create */
            raid?: components["schemas"]["v1.Raid"][];
            /** @description volume groups to create */
            volumegroups?: components["schemas"]["v1.VolumeGroup"][];
        };
        "v1.FilesystemLayoutMatchRequest": {
            /** @description ID of a filesystem layout */
            filesystemlayout: string;
            /** @description ID of a machine */
            machine: string;
        };
        "v1.FilesystemLayoutResponse": {
            constraints: components["schemas"]["v1.FilesystemLayoutConstraints"];
            /** @description a description for this entity */
            description?: string;
            /** @description disks to partition */
            disks?: components["schemas"]["v1.Disk"][];
            /** @description filesystems to create */
            filesystems?: components["schemas"]["v1.Filesystem"][];
            /** @description the unique ID of this entity */
            id: string;
            /** @description logical volumes to create */
            logicalvolumes?: components["schemas"]["v1.LogicalVolume"][];
            /** @description a readable name for this entity */
            name?: string;
            /** @description software RAIDs to create */
            raid?: components["schemas"]["v1.Raid"][];
            /** @description volume groups to create */
            volumegroups?: components["schemas"]["v1.VolumeGroup"][];
        };
        "v1.FilesystemLayoutTryRequest": {
            /** @description ID of an image; its version is taken literally */
            image: string;
            /** @description ID of a size */
            size: string;
        };
        "v1.FilesystemLayoutUpdateRequest": {
            constraints: components["schemas"]["v1.FilesystemLayoutConstraints"];
            /** @description a description for this entity */
            description?: string;
            /** @description disks to partition */
            disks?: components["schemas"]["v1.Disk"][];
            /** @description filesystems to create */
            filesystems?: components["schemas"]["v1.Filesystem"][];
            /** @description the unique ID of this entity */
            id: string;
            /** @description logical volumes to create */
            logicalvolumes?: components["schemas"]["v1.LogicalVolume"][];
            /** @description a readable name for this entity */
            name?: string;
            /** @description software RAIDs to create */
            raid?: components["schemas"]["v1.Raid"][];
            /** @description volume groups to create */
            volumegroups?: components["schemas"]["v1.VolumeGroup"][];
        };
        "v1.FirewallAllocateRequest": {
            firewall_rules?: components["schemas"]["v1.FirewallRules"];
        };
        "v1.FirewallCreateRequest": {
            description?: string;
            dns_servers?: components["schemas"]["v1.DNSServer"][];
            filesystemlayoutid?: string;
            firewall_rules?: components["schemas"]["v1.FirewallRules"];
            /** @description deprecated; pairs of firewalls are not supported */
            ha?: boolean;
            hostname?: string;
            /** @description full id, or a shorthand without patch version */
            imageid: string;
            /** @description existing addresses to attach */
            ips?: string[];
            name?: string;
            networks?: components["schemas"]["v1.MachineAllocationNetwork"][];
            ntp_servers?: components["schemas"]["v1.NTPServer"][];
            /** @description not needed with a uuid */
            partitionid: string;
            /** @description keep machines of the project that share one of these tags in different racks */
            placement_tags?: string[];
            projectid: string;
            /** @description not needed with a uuid */
            sizeid: string;
            /** @description authorized_keys lines */
            ssh_pub_keys: string[];
            tags?: string[];
            /** @description passed to the installed system unchanged */
            user_data?: string;
            /** @description the machine to allocate */
            uuid?: string;
        };
        "v1.FirewallEgressRule": {
            comment?: string;
            ports: number[];
            /**
             * @description defaults to tcp
             * @enum {string}
             */
            protocol?: "tcp" | "udp";
            /** @description destination prefixes */
            to: string[];
        };
        "v1.FirewallFindRequest": {
            allocation_hostname?: string;
            /** @description full image id */
            allocation_image_id?: string;
            allocation_name?: string;
            allocation_project?: string;
            /** @description machine or firewall */
            allocation_role?: string;
            allocation_succeeded?: boolean;
            disk_names?: string[];
            /** @description bytes */
            disk_sizes?: number[];
            fru_board_mfg?: string;
            fru_board_mfg_serial?: string;
            fru_board_part_number?: string;
            fru_chassis_part_number?: string;
            fru_chassis_part_serial?: string;
            fru_product_manufacturer?: string;
            fru_product_part_number?: string;
            fru_product_serial?: string;
            /**
             * Format: int64
             * @description deprecated
             */
            hardware_cpu_cores?: number;
            /**
             * Format: int64
             * @description bytes
             */
            hardware_memory?: number;
            id?: string;
            /** @description host and port */
            ipmi_address?: string;
            ipmi_interface?: string;
            ipmi_mac_address?: string;
            ipmi_user?: string;
            name?: string;
            network_asns?: number[];
            network_destination_prefixes?: string[];
            network_ids?: string[];
            network_ips?: string[];
            /** @description deprecated */
            network_nat?: boolean;
            network_prefixes?: string[];
            /** @description deprecated */
            network_private?: boolean;
            /** @description deprecated */
            network_underlay?: boolean;
            network_vrfs?: number[];
            nics_mac_addresses?: string[];
            nics_names?: string[];
            nics_neighbor_mac_addresses?: string[];
            nics_neighbor_names?: string[];
            nics_neighbor_vrfs?: string[];
            nics_vrfs?: string[];
            partition_id?: string;
            rackid?: string;
            roomid?: string;
            sizeid?: string;
            /** @enum {string} */
            state_value?: "" | "LOCKED" | "RESERVED";
            /** @description machines with all of these tags */
            tags?: string[];
        };
        "v1.FirewallIngressRule": {
            comment?: string;
            /** @description source prefixes */
            from: string[];
            ports: number[];
            /**
             * @description defaults to tcp
             * @enum {string}
             */
            protocol?: "tcp" | "udp";
            /** @description destination prefixes */
            to?: string[];
        };
        "v1.FirewallResponse": {
            allocation?: components["schemas"]["v1.MachineAllocation"];
            bios: components["schemas"]["v1.MachineBIOS"];
            /**
             * Format: date-time
             * @description the last modification time of this entity
             */
            readonly changed?: string;
            /**
             * Format: date-time
             * @description the creation time of this entity
             */
            readonly created?: string;
            /** @description a description for this entity */
            description?: string;
            events: components["schemas"]["v1.MachineRecentProvisioningEvents"];
            hardware: components["schemas"]["v1.MachineHardware"];
            /** @description the unique ID of this entity */
            id: string;
            ledstate: components["schemas"]["v1.ChassisIdentifyLEDState"];
            /** @description Alive, Dead or Unknown */
            liveliness: string;
            /** @description a readable name for this entity */
            name?: string;
            partition?: components["schemas"]["v1.PartitionResponse"];
            readonly rackid?: string;
            /** @description the room of the rack */
            readonly roomid?: string;
            size?: components["schemas"]["v1.SizeResponse"];
            state: components["schemas"]["v1.MachineState"];
            tags: string[];
        };
        "v1.FirewallRules": {
            egress?: components["schemas"]["v1.FirewallEgressRule"][];
            ingress?: components["schemas"]["v1.FirewallIngressRule"][];
        };
        "v1.FirmwaresResponse": {
            /** @description vendors by kind */
            revisions: {
                [key: string]: components["schemas"]["v1.VendorRevisions"];
            };
        };
        "v1.IAMConfig": {
            idm_config?: components["schemas"]["v1.IDMConfig"];
            issuer_config?: components["schemas"]["v1.IssuerConfig"];
        };
        "v1.IDMConfig": {
            idm_type?: string;
        };
        "v1.IPAllocateRequest": {
            /**
             * @description defaults to IPv4, or IPv6 in a network with IPv6 only; not allowed with a specific address
             * @enum {string}
             */
            addressfamily?: "IPv4" | "IPv6";
            /** @description description */
            description?: string;
            /** @description the machine to associate the address with */
            machineid?: string;
            /** @description human-readable name */
            name?: string;
            /** @description the network this address was allocated from */
            networkid: string;
            /** @description the project this address belongs to */
            projectid: string;
            /** @description arbitrary tags of this address */
            tags?: string[];
            /**
             * @description the address type: an ephemeral address is released with the last machine that uses it, a static one is kept
             * @enum {string}
             */
            type: "ephemeral" | "static";
        };
        "v1.IPBase": {
            /** @description the network this address was allocated from */
            networkid: string;
            /** @description the project this address belongs to */
            projectid: string;
            /** @description arbitrary tags of this address */
            tags?: string[];
            /**
             * @description the address type: an ephemeral address is released with the last machine that uses it, a static one is kept
             * @enum {string}
             */
            type: "ephemeral" | "static";
        };
        "v1.IPFindRequest": {
            /** @enum {string} */
            addressfamily?: "IPv4" | "IPv6";
            allocationuuid?: string;
            ipaddress?: string;
            machineid?: string;
            name?: string;
            networkid?: string;
            /** @description the prefix that the address was allocated from */
            networkprefix?: string;
            projectid?: string;
            /** @description addresses that have all of these tags */
            tags?: string[];
            type?: string;
        };
        "v1.IPIdentifiable": {
            /** @description unique ID of this allocation of the address */
            allocationuuid: string;
            /** @description the address */
            ipaddress: string;
        };
        "v1.IPResponse": {
            /** @description unique ID of this allocation of the address */
            allocationuuid: string;
            /**
             * Format: date-time
             * @description time of the last change
             */
            readonly changed?: string;
            /**
             * Format: date-time
             * @description creation time
             */
            readonly created?: string;
            /** @description description */
            description?: string;
            /** @description the address */
            ipaddress: string;
            /** @description human-readable name */
            name?: string;
            /** @description the network this address was allocated from */
            networkid: string;
            /** @description the project this address belongs to */
            projectid: string;
            /** @description arbitrary tags of this address */
            tags?: string[];
            /**
             * @description the address type: an ephemeral address is released with the last machine that uses it, a static one is kept
             * @enum {string}
             */
            type: "ephemeral" | "static";
        };
        "v1.IPUpdateRequest": {
            /** @description description */
            description?: string;
            /** @description the address */
            ipaddress: string;
            /** @description human-readable name */
            name?: string;
            /** @description replaces all tags */
            tags?: string[];
            /**
             * @description the address type: an ephemeral address is released with the last machine that uses it, a static one is kept
             * @enum {string}
             */
            type: "ephemeral" | "static";
        };
        "v1.Identifiable": {
            /** @description the unique ID of this entity */
            id: string;
        };
        "v1.ImageBase": {
            /** @description maturity of the image: preview, supported or deprecated */
            classification?: string;
            /**
             * Format: date-time
             * @description expiration time
             */
            expirationDate: string;
            /** @description allocation roles that the image can be installed for */
            features?: string[];
            /** @description URL that the image is downloaded from */
            url?: string;
            /** @description IDs of the machines that are allocated with this image */
            usedby?: string[];
        };
        "v1.ImageCreateRequest": {
            /** @description preview, supported or deprecated; defaults to preview */
            classification?: string;
            /** @description a description for this entity */
            description?: string;
            /**
             * Format: date-time
             * @description expiration time; defaults to 90 days from now
             */
            expirationDate?: string;
            /** @description allocation roles that the image can be installed for: machine, firewall */
            features?: string[];
            /** @description the unique ID of this entity */
            id: string;
            /** @description a readable name for this entity */
            name?: string;
            /** @description URL that the image is downloaded from */
            url: string;
        };
        "v1.ImageFindRequest": {
            /** @enum {string} */
            classification?: "deprecated" | "preview" | "supported";
            /** @description images that have all of these features */
            features?: string[];
            id?: string;
            name?: string;
            /** @description the part of the ID before the version */
            os?: string;
            /** @description canonical version, for example 20.4.20200502 */
            version?: string;
        };
        "v1.ImageResponse": {
            /**
             * Format: date-time
             * @description the last modification time of this entity
             */
            readonly changed?: string;
            /** @description maturity of the image: preview, supported or deprecated */
            classification?: string;
            /**
             * Format: date-time
             * @description the creation time of this entity
             */
            readonly created?: string;
            /** @description a description for this entity */
            description?: string;
            /**
             * Format: date-time
             * @description expiration time
             */
            expirationDate: string;
            /** @description allocation roles that the image can be installed for */
            features?: string[];
            /** @description the unique ID of this entity */
            id: string;
            /** @description a readable name for this entity */
            name?: string;
            /** @description URL that the image is downloaded from */
            url?: string;
            /** @description IDs of the machines that are allocated with this image */
            usedby?: string[];
        };
        "v1.ImageUpdateRequest": {
            /** @description preview, supported or deprecated */
            classification?: string;
            /** @description a description for this entity */
            description?: string;
            /**
             * Format: date-time
             * @description expiration time
             */
            expirationDate: string;
            /** @description replaces the features unless empty */
            features?: string[];
            /** @description the unique ID of this entity */
            id: string;
            /** @description a readable name for this entity */
            name?: string;
            /** @description URL that the image is downloaded from */
            url?: string;
            /** @description ignored */
            usedby?: string[];
        };
        "v1.IssuerConfig": {
            client_id?: string;
            url?: string;
        };
        "v1.LogicalVolume": {
            /** @description linear, striped or raid1 */
            lvmtype: string;
            /** @description name of the logical volume */
            name: string;
            /**
             * Format: integer
             * @description size in MiB; 0 means the rest of the volume group
             */
            size: number;
            /** @description the volume group it is in */
            volumegroup: string;
        };
        "v1.MachineAbortReinstallRequest": {
            /** @description whether the old system is gone */
            primary_disk_wiped: boolean;
        };
        "v1.MachineAllocateRequest": {
            description?: string;
            dns_servers?: components["schemas"]["v1.DNSServer"][];
            filesystemlayoutid?: string;
            hostname?: string;
            /** @description full id, or a shorthand without patch version */
            imageid: string;
            /** @description existing addresses to attach */
            ips?: string[];
            name?: string;
            networks?: components["schemas"]["v1.MachineAllocationNetwork"][];
            ntp_servers?: components["schemas"]["v1.NTPServer"][];
            /** @description not needed with a uuid */
            partitionid: string;
            /** @description keep machines of the project that share one of these tags in different racks */
            placement_tags?: string[];
            projectid: string;
            /** @description not needed with a uuid */
            sizeid: string;
            /** @description authorized_keys lines */
            ssh_pub_keys: string[];
            tags?: string[];
            /** @description passed to the installed system unchanged */
            user_data?: string;
            /** @description the machine to allocate */
            uuid?: string;
        };
        "v1.MachineAllocation": {
            /** @description unique for each allocation */
            allocationuuid: string;
            boot_info?: components["schemas"]["v1.BootInfo"];
            /** Format: date-time */
            created: string;
            /** @description e-mail or name of the user who allocated the machine */
            creator: string;
            /** @description absent when empty */
            description?: string;
            dns_servers?: components["schemas"]["v1.DNSServer"][];
            filesystemlayout?: components["schemas"]["v1.FilesystemLayoutResponse"];
            firewall_rules?: components["schemas"]["v1.FirewallRules"];
            hostname: string;
            image?: components["schemas"]["v1.ImageResponse"];
            name: string;
            networks: components["schemas"]["v1.MachineNetwork"][];
            ntp_servers?: components["schemas"]["v1.NTPServer"][];
            project: string;
            reinstall: boolean;
            /** @enum {string} */
            role: "firewall" | "machine";
            ssh_pub_keys: string[];
            /** @description always false */
            succeeded: boolean;
            /** @description absent when empty; viewers see an empty text */
            user_data?: string;
            vpn?: components["schemas"]["v1.MachineVPN"];
        };
        "v1.MachineAllocationNetwork": {
            /** @description acquire a new address in this network; defaults to true */
            autoacquire: boolean;
            networkid: string;
        };
        "v1.MachineBIOS": {
            date: string;
            vendor: string;
            version: string;
        };
        "v1.MachineBase": {
            allocation?: components["schemas"]["v1.MachineAllocation"];
            bios: components["schemas"]["v1.MachineBIOS"];
            events: components["schemas"]["v1.MachineRecentProvisioningEvents"];
            hardware: components["schemas"]["v1.MachineHardware"];
            ledstate: components["schemas"]["v1.ChassisIdentifyLEDState"];
            /** @description Alive, Dead or Unknown */
            liveliness: string;
            partition?: components["schemas"]["v1.PartitionResponse"];
            readonly rackid?: string;
            /** @description the room of the rack */
            readonly roomid?: string;
            size?: components["schemas"]["v1.SizeResponse"];
            state: components["schemas"]["v1.MachineState"];
            tags: string[];
        };
        "v1.MachineBlockDevice": {
            name: string;
            /** @description deprecated, ignored */
            partitions?: components["schemas"]["v1.MachineDiskPartition"][];
            /** @description deprecated, never set */
            primary?: boolean;
            /**
             * Format: integer
             * @description bytes
             */
            size: number;
        };
        "v1.MachineConsoleLoginRequest": {
            /** @description the address of the user */
            address: string;
            /** @description the console password that a user entered; not recorded */
            password: string;
            /** @description the reason for the access; logged */
            reason: string;
        };
        "v1.MachineConsoleLoginResponse": {
            /** @description the machine */
            id: string;
            /** @description whether it is the console password of the allocation */
            valid: boolean;
        };
        "v1.MachineConsolePasswordRequest": {
            /** @description the machine */
            id: string;
            /** @description the reason for the access; logged */
            reason: string;
        };
        "v1.MachineConsolePasswordResponse": {
            console_password: string;
            description?: string;
            id: string;
            name?: string;
        };
        "v1.MachineConsoleSession": {
            /** @description the address of the user */
            address: string;
            /** @description key fingerprint, account of an operator or console password */
            caller: string;
            /** @enum {string} */
            event: "opened" | "closed";
            /** @description the reason for the access, or for the end of the session */
            reason?: string;
            /** @description names the session in all of its records */
            session: string;
        };
        "v1.MachineDiskPartition": {
            device: string;
            filesystem: string;
            gptguid: string;
            gpttyoe: string;
            label: string;
            mountoptions: string[];
            mountpoint: string;
            /** Format: integer */
            number: number;
            properties: {
                [key: string]: string;
            };
            /** Format: int64 */
            size: number;
        };
        "v1.MachineFinalizeAllocationRequest": {
            bootloaderid: string;
            cmdline: string;
            console_password: string;
            initrd: string;
            kernel: string;
            ospartition: string;
            primarydisk: string;
        };
        "v1.MachineFindRequest": {
            allocation_hostname?: string;
            /** @description full image id */
            allocation_image_id?: string;
            allocation_name?: string;
            allocation_project?: string;
            /** @description machine or firewall */
            allocation_role?: string;
            allocation_succeeded?: boolean;
            disk_names?: string[];
            /** @description bytes */
            disk_sizes?: number[];
            fru_board_mfg?: string;
            fru_board_mfg_serial?: string;
            fru_board_part_number?: string;
            fru_chassis_part_number?: string;
            fru_chassis_part_serial?: string;
            fru_product_manufacturer?: string;
            fru_product_part_number?: string;
            fru_product_serial?: string;
            /**
             * Format: int64
             * @description deprecated
             */
            hardware_cpu_cores?: number;
            /**
             * Format: int64
             * @description bytes
             */
            hardware_memory?: number;
            id?: string;
            /** @description host and port */
            ipmi_address?: string;
            ipmi_interface?: string;
            ipmi_mac_address?: string;
            ipmi_user?: string;
            name?: string;
            network_asns?: number[];
            network_destination_prefixes?: string[];
            network_ids?: string[];
            network_ips?: string[];
            /** @description deprecated */
            network_nat?: boolean;
            network_prefixes?: string[];
            /** @description deprecated */
            network_private?: boolean;
            /** @description deprecated */
            network_underlay?: boolean;
            network_vrfs?: number[];
            nics_mac_addresses?: string[];
            nics_names?: string[];
            nics_neighbor_mac_addresses?: string[];
            nics_neighbor_names?: string[];
            nics_neighbor_vrfs?: string[];
            nics_vrfs?: string[];
            partition_id?: string;
            rackid?: string;
            roomid?: string;
            sizeid?: string;
            /** @enum {string} */
            state_value?: "" | "LOCKED" | "RESERVED";
            /** @description machines with all of these tags */
            tags?: string[];
        };
        "v1.MachineFru": {
            board_mfg?: string;
            board_mfg_serial?: string;
            board_part_number?: string;
            chassis_part_number?: string;
            chassis_part_serial?: string;
            product_manufacturer?: string;
            product_part_number?: string;
            product_serial?: string;
        };
        "v1.MachineHardware": {
            /**
             * Format: int32
             * @description sum over all cpus
             */
            cpu_cores: number;
            cpus?: components["schemas"]["v1.MetalCPU"][];
            disks: components["schemas"]["v1.MachineBlockDevice"][];
            gpus?: components["schemas"]["v1.MetalGPU"][];
            /**
             * Format: integer
             * @description bytes
             */
            memory: number;
            nics: components["schemas"]["v1.MachineNic"][];
        };
        "v1.MachineHardwareBase": {
            /**
             * Format: int32
             * @description sum over all cpus
             */
            cpu_cores: number;
            cpus?: components["schemas"]["v1.MetalCPU"][];
            disks: components["schemas"]["v1.MachineBlockDevice"][];
            gpus?: components["schemas"]["v1.MetalGPU"][];
            /**
             * Format: integer
             * @description bytes
             */
            memory: number;
        };
        "v1.MachineHardwareExtended": {
            /**
             * Format: int32
             * @description total of all CPUs
             */
            cpu_cores: number;
            disks: components["schemas"]["v1.MachineBlockDevice"][];
            /**
             * Format: integer
             * @description bytes
             */
            memory: number;
            nics: components["schemas"]["v1.MachineNicExtended"][];
        };
        "v1.MachineIPMI": {
            /** @description host and port */
            address: string;
            bmcversion: string;
            fru: components["schemas"]["v1.MachineFru"];
            /** @description the IPMI interface, such as lanplus */
            interface: string;
            /**
             * Format: date-time
             * @description time of the last report
             */
            last_updated: string;
            mac: string;
            /** @description shown to editors and admins only */
            password: string;
            powermetric: components["schemas"]["v1.PowerMetric"];
            /** @description ON or OFF */
            powerstate: string;
            powersupplies: components["schemas"]["v1.PowerSupply"][];
            user: string;
        };
        "v1.MachineIPMIResponse": {
            allocation?: components["schemas"]["v1.MachineAllocation"];
            bios: components["schemas"]["v1.MachineBIOS"];
            /**
             * Format: date-time
             * @description the last modification time of this entity
             */
            readonly changed?: string;
            /**
             * Format: date-time
             * @description the creation time of this entity
             */
            readonly created?: string;
            /** @description a description for this entity */
            description?: string;
            events: components["schemas"]["v1.MachineRecentProvisioningEvents"];
            hardware: components["schemas"]["v1.MachineHardware"];
            /** @description the unique ID of this entity */
            id: string;
            ipmi: components["schemas"]["v1.MachineIPMI"];
            ledstate: components["schemas"]["v1.ChassisIdentifyLEDState"];
            /** @description Alive, Dead or Unknown */
            liveliness: string;
            /** @description a readable name for this entity */
            name?: string;
            partition?: components["schemas"]["v1.PartitionResponse"];
            readonly rackid?: string;
            /** @description the room of the rack */
            readonly roomid?: string;
            size?: components["schemas"]["v1.SizeResponse"];
            state: components["schemas"]["v1.MachineState"];
            tags: string[];
        };
        "v1.MachineIpmiReport": {
            BIOSVersion: string;
            /** @description address of the BMC, without port */
            BMCIp: string;
            BMCVersion: string;
            FRU: components["schemas"]["v1.MachineFru"];
            /** @description LED-ON or LED-OFF */
            IndicatorLEDState: string;
            PowerMetric: components["schemas"]["v1.PowerMetric"];
            /** @description ON or OFF */
            PowerState: string;
            PowerSupplies: components["schemas"]["v1.PowerSupply"][];
        };
        "v1.MachineIpmiReportResponse": {
            /** @description machines that were unknown and have been created */
            created: string[];
            /** @description machines that were known before */
            updated: string[];
        };
        "v1.MachineIpmiReports": {
            /** @description the partition of all these machines */
            partitionid?: string;
            /** @description reports by machine id */
            reports?: {
                [key: string]: components["schemas"]["v1.MachineIpmiReport"];
            };
        };
        "v1.MachineIssue": {
            description: string;
            details: string;
            id: string;
            /** @description page that explains how to resolve it */
            ref_url: string;
            /** @description minor, major or critical */
            severity: string;
        };
        "v1.MachineIssueResponse": {
            /** @description ids of issues */
            issues: string[];
            machineid: string;
        };
        "v1.MachineIssuesRequest": {
            allocation_hostname?: string;
            /** @description full image id */
            allocation_image_id?: string;
            allocation_name?: string;
            allocation_project?: string;
            /** @description machine or firewall */
            allocation_role?: string;
            allocation_succeeded?: boolean;
            disk_names?: string[];
            /** @description bytes */
            disk_sizes?: number[];
            fru_board_mfg?: string;
            fru_board_mfg_serial?: string;
            fru_board_part_number?: string;
            fru_chassis_part_number?: string;
            fru_chassis_part_serial?: string;
            fru_product_manufacturer?: string;
            fru_product_part_number?: string;
            fru_product_serial?: string;
            /**
             * Format: int64
             * @description deprecated
             */
            hardware_cpu_cores?: number;
            /**
             * Format: int64
             * @description bytes
             */
            hardware_memory?: number;
            id?: string;
            /** @description host and port */
            ipmi_address?: string;
            ipmi_interface?: string;
            ipmi_mac_address?: string;
            ipmi_user?: string;
            /**
             * Format: int64
             * @description ignore errors older than this, in nanoseconds
             */
            last_error_threshold: number;
            name?: string;
            network_asns?: number[];
            network_destination_prefixes?: string[];
            network_ids?: string[];
            network_ips?: string[];
            /** @description deprecated */
            network_nat?: boolean;
            network_prefixes?: string[];
            /** @description deprecated */
            network_private?: boolean;
            /** @description deprecated */
            network_underlay?: boolean;
            network_vrfs?: number[];
            nics_mac_addresses?: string[];
            nics_names?: string[];
            nics_neighbor_mac_addresses?: string[];
            nics_neighbor_names?: string[];
            nics_neighbor_vrfs?: string[];
            nics_vrfs?: string[];
            /** @description ids of issues to exclude; takes precedence over only */
            omit: string[];
            /** @description ids of issues to include; empty means all */
            only: string[];
            partition_id?: string;
            rackid?: string;
            roomid?: string;
            /** @description minimum severity */
            severity: string;
            sizeid?: string;
            /** @enum {string} */
            state_value?: "" | "LOCKED" | "RESERVED";
            /** @description machines with all of these tags */
            tags?: string[];
        };
        "v1.MachineNetwork": {
            /** Format: int64 */
            asn: number;
            destinationprefixes: string[];
            ips: string[];
            nat: boolean;
            nattypev2: string;
            networkid: string;
            /** @description the type of the network as seen by the machine */
            networktype: string;
            /** @description the type of the network itself */
            networktypev2: string;
            prefixes: string[];
            private: boolean;
            /** @description owner of the network */
            projectid: string;
            underlay: boolean;
            /** Format: integer */
            vrf: number;
        };
        "v1.MachineNic": {
            identifier: string;
            mac: string;
            name: string;
            /** @description the switch ports that it is wired to */
            neighbors: components["schemas"]["v1.MachineNic"][];
        };
        "v1.MachineNicExtended": {
            mac: string;
            name: string;
            /** @description the switch ports it is wired to */
            neighbors: components["schemas"]["v1.MachineNicExtended"][];
        };
        "v1.MachineProvisioningEvent": {
            /** @description the event type */
            event: string;
            message?: string;
            /**
             * Format: date-time
             * @description time of receipt by the server
             */
            readonly time?: string;
        };
        "v1.MachineRecentProvisioningEvents": {
            crash_loop: boolean;
            /** @description the machine phones home although it was freed */
            failed_machine_reclaim: boolean;
            /** @description deprecated */
            incomplete_provisioning_cycles?: string;
            last_error_event?: components["schemas"]["v1.MachineProvisioningEvent"];
            /** Format: date-time */
            last_event_time?: string;
            /** @description newest first */
            log: components["schemas"]["v1.MachineProvisioningEvent"][];
        };
        "v1.MachineRegisterRequest": {
            bios: components["schemas"]["v1.MachineBIOS"];
            hardware: components["schemas"]["v1.MachineHardwareExtended"];
            ipmi: components["schemas"]["v1.MachineIPMI"];
            partitionid: string;
            /** @description ignored; derived from the switches */
            rackid: string;
            tags: string[];
            uuid: string;
        };
        "v1.MachineReinstallRequest": {
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description full or short id of the image to install */
            imageid: string;
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.MachineResponse": {
            allocation?: components["schemas"]["v1.MachineAllocation"];
            bios: components["schemas"]["v1.MachineBIOS"];
            /**
             * Format: date-time
             * @description the last modification time of this entity
             */
            readonly changed?: string;
            /**
             * Format: date-time
             * @description the creation time of this entity
             */
            readonly created?: string;
            /** @description a description for this entity */
            description?: string;
            events: components["schemas"]["v1.MachineRecentProvisioningEvents"];
            hardware: components["schemas"]["v1.MachineHardware"];
            /** @description the unique ID of this entity */
            id: string;
            ledstate: components["schemas"]["v1.ChassisIdentifyLEDState"];
            /** @description Alive, Dead or Unknown */
            liveliness: string;
            /** @description a readable name for this entity */
            name?: string;
            partition?: components["schemas"]["v1.PartitionResponse"];
            readonly rackid?: string;
            /** @description the room of the rack */
            readonly roomid?: string;
            size?: components["schemas"]["v1.SizeResponse"];
            state: components["schemas"]["v1.MachineState"];
            tags: string[];
        };
        "v1.MachineState": {
            description: string;
            /** @description e-mail of the user who set it; absent when empty */
            issuer?: string;
            /** @description version of the installer */
            metal_hammer_version: string;
            /**
             * @description empty means available
             * @enum {string}
             */
            value: "" | "LOCKED" | "RESERVED";
        };
        "v1.MachineUpdateFirmwareRequest": {
            /** @description reason for the update; recorded in the audit trail */
            description: string;
            /** @enum {string} */
            kind: "bios" | "bmc";
            revision: string;
        };
        "v1.MachineUpdateRequest": {
            /** @description replaces the description of the allocation */
            description: string;
            /** @description the machine */
            id: string;
            /** @description replaces the keys unless empty */
            ssh_pub_keys?: string[];
            /** @description replaces the tags of the user unless empty */
            tags?: string[];
        };
        "v1.MachineVPN": {
            /** @description address of the control plane */
            address: string;
            /** @description shown to editors and admins only */
            auth_key: string;
            connected: boolean;
        };
        "v1.Meta": {
            annotations?: {
                [key: string]: string;
            };
            /** @description v1 */
            apiversion?: string;
            /** Format: date-time */
            created_time?: string;
            id?: string;
            /** @description Tenant or Project */
            kind?: string;
            labels?: string[];
            /** Format: date-time */
            updated_time?: string;
            /**
             * Format: int64
             * @description number of updates; an update must carry the stored version
             */
            version?: number;
        };
        "v1.MetalCPU": {
            /** Format: integer */
            cores: number;
            model: string;
            /** Format: integer */
            threads: number;
            vendor: string;
        };
        "v1.MetalGPU": {
            model: string;
            vendor: string;
        };
        "v1.NTPServer": {
            /** @description IP address or DNS name of an NTP server */
            address: string;
        };
        "v1.NetworkAllocateRequest": {
            /**
             * @description allocate a prefix of this address family only; defaults to all families of the super network
             * @enum {string}
             */
            addressfamily?: "IPv4" | "IPv6";
            /** @description description */
            description?: string;
            /** @description the destination prefixes of this network */
            destinationprefixes?: string[];
            /** @description arbitrary labels of this network */
            labels?: {
                [key: string]: string;
            };
            /** @description prefix length by address family; overrides the defaults */
            length?: {
                [key: string]: number;
            };
            /** @description human-readable name */
            name?: string;
            /** @description whether packets leaving this network are masqueraded */
            nat?: boolean;
            /** @description the partition from whose private super network the network is allocated */
            partitionid?: string;
            /** @description the project that the network will belong to */
            projectid?: string;
            /** @description marks a network as shareable */
            shared?: boolean;
        };
        "v1.NetworkBase": {
            /** @description arbitrary labels of this network */
            labels?: {
                [key: string]: string;
            };
            /** @description the partition this network belongs to */
            partitionid?: string;
            /** @description the ID of the project this network belongs to; empty if it is globally available */
            projectid?: string;
            /** @description marks a network as shareable */
            shared?: boolean;
        };
        "v1.NetworkConsumption": {
            ipv4?: components["schemas"]["v1.NetworkUsage"];
            ipv6?: components["schemas"]["v1.NetworkUsage"];
        };
        "v1.NetworkCreateRequest": {
            /** @description CIDRs that are added, like the network prefixes, to the route maps of each private network of a tenant */
            additionalAnnouncableCIDRs?: string[];
            /** @description default child prefix length by address family, for private super networks */
            defaultchildprefixlength?: {
                [key: string]: number;
            };
            /** @description description */
            description?: string;
            /** @description the destination prefixes of this network */
            destinationprefixes: string[];
            /** @description unique ID; generated if empty */
            id: string;
            /** @description arbitrary labels of this network */
            labels?: {
                [key: string]: string;
            };
            /** @description human-readable name */
            name?: string;
            /** @description whether packets leaving this network are masqueraded */
            nat: boolean;
            /** @description the NAT type; set by the server */
            nattype: string;
            /** @description the network type; set by the server */
            networktype: string;
            /** @description the ID of the super network that this network was allocated from */
            parentnetworkid?: string;
            /** @description the partition this network belongs to */
            partitionid?: string;
            /** @description the prefixes of this network */
            prefixes: string[];
            /** @description whether child networks are allocated from this network */
            privatesuper: boolean;
            /** @description the ID of the project this network belongs to; empty if it is globally available */
            projectid?: string;
            /** @description ignored */
            shared?: boolean;
            /** @description whether this network connects firewalls to the fabric */
            underlay: boolean;
            /**
             * Format: integer
             * @description the VRF of this network
             */
            vrf?: number;
            /** @description whether several networks may use the given VRF */
            vrfshared?: boolean;
        };
        "v1.NetworkFindRequest": {
            /**
             * @description networks with a prefix of this family
             * @enum {string}
             */
            addressfamily?: "IPv4" | "IPv6";
            /** @description networks that have all of these destination prefixes */
            destinationprefixes?: string[];
            id?: string;
            /** @description networks that have all of these labels with these values */
            labels?: {
                [key: string]: string;
            };
            name?: string;
            nat?: boolean;
            parentnetworkid?: string;
            partitionid?: string;
            /** @description networks that have all of these prefixes */
            prefixes?: string[];
            privatesuper?: boolean;
            projectid?: string;
            underlay?: boolean;
            /** Format: int64 */
            vrf?: number;
        };
        "v1.NetworkImmutable": {
            /** @description CIDRs that are added, like the network prefixes, to the route maps of each private network of a tenant */
            additionalAnnouncableCIDRs?: string[];
            /** @description default child prefix length by address family, for private super networks */
            defaultchildprefixlength?: {
                [key: string]: number;
            };
            /** @description the destination prefixes of this network */
            destinationprefixes: string[];
            /** @description whether packets leaving this network are masqueraded */
            nat: boolean;
            /** @description the NAT type; set by the server */
            nattype: string;
            /** @description the network type; set by the server */
            networktype: string;
            /** @description the ID of the super network that this network was allocated from */
            parentnetworkid?: string;
            /** @description the prefixes of this network */
            prefixes: string[];
            /** @description whether child networks are allocated from this network */
            privatesuper: boolean;
            /** @description whether this network connects firewalls to the fabric */
            underlay: boolean;
            /**
             * Format: integer
             * @description the VRF of this network
             */
            vrf?: number;
            /** @description whether several networks may use the given VRF */
            vrfshared?: boolean;
        };
        "v1.NetworkResponse": {
            /** @description CIDRs that are added, like the network prefixes, to the route maps of each private network of a tenant */
            additionalAnnouncableCIDRs?: string[];
            /**
             * Format: date-time
             * @description time of the last change
             */
            readonly changed?: string;
            consumption: components["schemas"]["v1.NetworkConsumption"];
            /**
             * Format: date-time
             * @description creation time
             */
            readonly created?: string;
            /** @description default child prefix length by address family, for private super networks */
            defaultchildprefixlength?: {
                [key: string]: number;
            };
            /** @description description */
            description?: string;
            /** @description the destination prefixes of this network */
            destinationprefixes: string[];
            /** @description unique ID */
            id: string;
            /** @description arbitrary labels of this network */
            labels?: {
                [key: string]: string;
            };
            /** @description human-readable name */
            name?: string;
            /** @description whether packets leaving this network are masqueraded */
            nat: boolean;
            /** @description the NAT type; set by the server */
            nattype: string;
            /** @description the network type; set by the server */
            networktype: string;
            /** @description the ID of the super network that this network was allocated from */
            parentnetworkid?: string;
            /** @description the partition this network belongs to */
            partitionid?: string;
            /** @description the prefixes of this network */
            prefixes: string[];
            /** @description whether child networks are allocated from this network */
            privatesuper: boolean;
            /** @description the project id this network belongs to */
            projectid?: string;
            /** @description marks a network as shareable */
            shared?: boolean;
            /** @description whether this network connects firewalls to the fabric */
            underlay: boolean;
            usage: components["schemas"]["v1.NetworkUsage"];
            /**
             * Format: integer
             * @description the VRF of this network
             */
            vrf?: number;
            /** @description whether several networks may use the given VRF */
            vrfshared?: boolean;
        };
        "v1.NetworkUpdateRequest": {
            /** @description CIDRs that are added, like the network prefixes, to the route maps of each private network of a tenant */
            additionalAnnouncableCIDRs?: string[];
            /** @description replaces the default child prefix lengths unless empty */
            defaultchildprefixlength?: {
                [key: string]: number;
            };
            /** @description a description for this entity */
            description?: string;
            /** @description replaces the destination prefixes unless empty */
            destinationprefixes?: string[];
            /** @description the unique ID of this entity */
            id: string;
            /** @description replaces all labels */
            labels?: {
                [key: string]: string;
            };
            /** @description a readable name for this entity */
            name?: string;
            /** @description replaces the prefixes unless empty */
            prefixes?: string[];
            /** @description marks a network as shareable; cannot be undone */
            shared?: boolean;
        };
        "v1.NetworkUsage": {
            /**
             * Format: integer
             * @description total number of IP addresses
             */
            available_ips: number;
            /**
             * Format: integer
             * @description number of available prefixes of 4 addresses
             */
            available_prefixes: number;
            /**
             * Format: integer
             * @description number of allocated IP addresses
             */
            used_ips: number;
            /**
             * Format: integer
             * @description number of allocated child prefixes
             */
            used_prefixes: number;
        };
        "v1.Paging": {
            /** Format: integer */
            count?: number;
            /**
             * Format: integer
             * @description page number, starting at 0
             */
            page?: number;
        };
        "v1.PartitionBase": {
            /** @description for machines that specify none */
            dns_servers?: components["schemas"]["v1.DNSServer"][];
            /** @description arbitrary labels */
            labels?: {
                [key: string]: string;
            };
            /** @description address of the management service */
            mgmtserviceaddress?: string;
            /** @description for machines that specify none */
            ntp_servers?: components["schemas"]["v1.NTPServer"][];
        };
        "v1.PartitionBootConfiguration": {
            /** @description kernel command line of the discovery image */
            commandline?: string;
            /** @description URL of the initial ramdisk of the discovery image */
            imageurl?: string;
            /** @description URL of the kernel of the discovery image */
            kernelurl?: string;
        };
        "v1.PartitionCapacity": {
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description a readable name for this entity */
            name?: string;
            /** @description machines by size */
            servers: components["schemas"]["v1.ServerCapacity"][];
        };
        "v1.PartitionCapacityRequest": {
            /** @description only this partition */
            id?: string;
            /** @description project for which free machines are counted; its own reservations do not reduce them */
            projectid: string;
            /** @description only machines of this size */
            sizeid?: string;
        };
        "v1.PartitionCreateRequest": {
            bootconfig: components["schemas"]["v1.PartitionBootConfiguration"];
            /** @description a description for this entity */
            description?: string;
            /** @description for machines that specify none */
            dns_servers?: components["schemas"]["v1.DNSServer"][];
            /** @description the unique ID of this entity */
            id: string;
            /** @description arbitrary labels */
            labels?: {
                [key: string]: string;
            };
            /** @description address of the management service */
            mgmtserviceaddress?: string;
            /** @description a readable name for this entity */
            name?: string;
            /** @description for machines that specify none */
            ntp_servers?: components["schemas"]["v1.NTPServer"][];
            /**
             * Format: int32
             * @description IPv4 prefix length of private networks, 16 to 30; defaults to 22
             */
            privatenetworkprefixlength?: number;
        };
        "v1.PartitionResponse": {
            bootconfig: components["schemas"]["v1.PartitionBootConfiguration"];
            /**
             * Format: date-time
             * @description the last modification time of this entity
             */
            readonly changed?: string;
            /**
             * Format: date-time
             * @description the creation time of this entity
             */
            readonly created?: string;
            /** @description a description for this entity */
            description?: string;
            /** @description for machines that specify none */
            dns_servers?: components["schemas"]["v1.DNSServer"][];
            /** @description the unique ID of this entity */
            id: string;
            /** @description arbitrary labels */
            labels?: {
                [key: string]: string;
            };
            /** @description address of the management service */
            mgmtserviceaddress?: string;
            /** @description a readable name for this entity */
            name?: string;
            /** @description for machines that specify none */
            ntp_servers?: components["schemas"]["v1.NTPServer"][];
            /**
             * Format: int32
             * @description IPv4 prefix length of private networks
             */
            privatenetworkprefixlength?: number;
        };
        "v1.PartitionUpdateRequest": {
            bootconfig?: components["schemas"]["v1.PartitionBootConfiguration"];
            /** @description a description for this entity */
            description?: string;
            /** @description for machines that specify none; an empty list removes all */
            dns_servers: components["schemas"]["v1.DNSServer"][];
            /** @description the unique ID of this entity */
            id: string;
            /** @description replaces all labels */
            labels?: {
                [key: string]: string;
            };
            /** @description address of the management service */
            mgmtserviceaddress?: string;
            /** @description a readable name for this entity */
            name?: string;
            /** @description for machines that specify none; an empty list removes all */
            ntp_servers: components["schemas"]["v1.NTPServer"][];
        };
        "v1.PowerMetric": {
            /**
             * Format: float
             * @description watts
             */
            averageconsumedwatts: number;
            /**
             * Format: float
             * @description minutes
             */
            intervalinmin: number;
            /**
             * Format: float
             * @description watts
             */
            maxconsumedwatts: number;
            /**
             * Format: float
             * @description watts
             */
            minconsumedwatts: number;
        };
        "v1.PowerSupply": {
            status: components["schemas"]["v1.PowerSupplyStatus"];
        };
        "v1.PowerSupplyStatus": {
            /** @description OK if healthy */
            health: string;
            /** @description Enabled if healthy */
            state: string;
        };
        "v1.Project": {
            description?: string;
            meta?: components["schemas"]["v1.Meta"];
            name?: string;
            quotas?: components["schemas"]["v1.QuotaSet"];
            tenant_id?: string;
        };
        "v1.ProjectCreateRequest": {
            description?: string;
            meta?: components["schemas"]["v1.Meta"];
            name?: string;
            quotas?: components["schemas"]["v1.QuotaSet"];
            tenant_id?: string;
        };
        "v1.ProjectFindRequest": {
            description?: string;
            id?: string;
            name?: string;
            tenant_id?: string;
        };
        "v1.ProjectResponse": {
            description?: string;
            meta?: components["schemas"]["v1.Meta"];
            name?: string;
            quotas?: components["schemas"]["v1.QuotaSet"];
            tenant_id?: string;
        };
        "v1.ProjectUpdateRequest": {
            description?: string;
            meta?: components["schemas"]["v1.Meta"];
            name?: string;
            quotas?: components["schemas"]["v1.QuotaSet"];
            tenant_id?: string;
        };
        "v1.Quota": {
            /**
             * Format: int32
             * @description the maximum; unlimited if absent
             */
            quota?: number;
            /**
             * Format: int32
             * @description the number in use; ignored in requests
             */
            used?: number;
        };
        "v1.QuotaSet": {
            cluster?: components["schemas"]["v1.Quota"];
            ip?: components["schemas"]["v1.Quota"];
            machine?: components["schemas"]["v1.Quota"];
            project?: components["schemas"]["v1.Quota"];
        };
        "v1.Raid": {
            /** @description device path of the array */
            arrayname: string;
            /** @description options of mdadm */
            createoptions?: string[];
            /** @description member devices */
            devices?: string[];
            /** @description RAID level, 0 or 1 */
            level: string;
            /**
             * Format: int32
             * @description number of spare devices
             */
            spares: number;
        };
        "v1.ServerCapacity": {
            /**
             * Format: int32
             * @description machines that could be allocated
             */
            allocatable?: number;
            /**
             * Format: int32
             * @description machines that are allocated
             */
            allocated?: number;
            /**
             * Format: int32
             * @description machines with issues, whatever their other state
             */
            faulty?: number;
            /** @description IDs of machines with issues */
            faultymachines?: string[];
            /**
             * Format: int32
             * @description allocatable machines that are not reserved for other projects
             */
            free?: number;
            /**
             * Format: int32
             * @description machines with another last event
             */
            other?: number;
            /** @description IDs of machines with another last event */
            othermachines?: string[];
            /**
             * Format: int32
             * @description machines whose last event is Phoned Home
             */
            phoned_home?: number;
            /**
             * Format: int32
             * @description reserved machines that are not in use
             */
            remainingreservations?: number;
            /**
             * Format: int32
             * @description number of reserved machines
             */
            reservations?: number;
            /** @description ID of the size */
            size: string;
            /**
             * Format: int32
             * @description all machines of the size
             */
            total?: number;
            /**
             * Format: int32
             * @description machines that are neither allocated nor allocatable
             */
            unavailable?: number;
            /**
             * Format: int32
             * @description reserved machines that are in use
             */
            usedreservations?: number;
            /**
             * Format: int32
             * @description machines whose last event is Waiting
             */
            waiting?: number;
        };
        "v1.SizeConstraint": {
            /** @description pattern of the CPU models, disk names or GPU models that are counted */
            identifier?: string;
            /**
             * Format: integer
             * @description maximum; in bytes for memory and storage
             */
            max?: number;
            /**
             * Format: integer
             * @description minimum; in bytes for memory and storage
             */
            min?: number;
            /**
             * @description the parts that are counted
             * @enum {string}
             */
            type: "cores" | "gpu" | "memory" | "storage";
        };
        "v1.SizeConstraintMatchingLog": {
            constraint: components["schemas"]["v1.SizeConstraint"];
            /** @description the comparison */
            log: string;
            match: boolean;
        };
        "v1.SizeCreateRequest": {
            /** @description the hardware of machines with this size */
            constraints: components["schemas"]["v1.SizeConstraint"][];
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description arbitrary labels */
            labels?: {
                [key: string]: string;
            };
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.SizeImageConstraintBase": {
            /** @description operating system and version constraint */
            images: {
                [key: string]: string;
            };
        };
        "v1.SizeImageConstraintCreateRequest": {
            constraints?: components["schemas"]["v1.SizeImageConstraintBase"];
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.SizeImageConstraintResponse": {
            constraints: components["schemas"]["v1.SizeImageConstraintBase"];
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.SizeImageConstraintTryRequest": {
            /** @description full or short id of an image */
            image: string;
            /** @description ID of a size */
            size: string;
        };
        "v1.SizeImageConstraintUpdateRequest": {
            constraints?: components["schemas"]["v1.SizeImageConstraintBase"];
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.SizeMatchingLog": {
            constraints: components["schemas"]["v1.SizeConstraintMatchingLog"][];
            /** @description always empty */
            log: string;
            match: boolean;
            /** @description the id of the size */
            name: string;
        };
        "v1.SizeReservationCreateRequest": {
            /**
             * Format: int32
             * @description number of reserved machines in each partition
             */
            amount: number;
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description arbitrary labels */
            labels?: {
                [key: string]: string;
            };
            /** @description a readable name for this entity */
            name?: string;
            /** @description partitions of the reserved machines; on update, an empty list keeps the stored ones */
            partitionids: string[];
            /** @description project that the machines are reserved for */
            projectid: string;
            /** @description size of the reserved machines */
            sizeid: string;
        };
        "v1.SizeReservationListRequest": {
            id?: string;
            /** @description reservations in this partition */
            partitionid?: string;
            projectid?: string;
            sizeid?: string;
        };
        "v1.SizeReservationResponse": {
            /**
             * Format: int32
             * @description number of reserved machines in each partition
             */
            amount: number;
            /**
             * Format: date-time
             * @description the last modification time of this entity
             */
            readonly changed?: string;
            /**
             * Format: date-time
             * @description the creation time of this entity
             */
            readonly created?: string;
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description arbitrary labels */
            labels?: {
                [key: string]: string;
            };
            /** @description a readable name for this entity */
            name?: string;
            /** @description partitions of the reserved machines */
            partitionids: string[];
            /** @description project that the machines are reserved for */
            projectid: string;
            /** @description size of the reserved machines */
            sizeid: string;
        };
        "v1.SizeReservationUpdateRequest": {
            /**
             * Format: int32
             * @description number of reserved machines in each partition
             */
            amount: number;
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description arbitrary labels */
            labels?: {
                [key: string]: string;
            };
            /** @description a readable name for this entity */
            name?: string;
            /** @description partitions of the reserved machines; on update, an empty list keeps the stored ones */
            partitionids: string[];
        };
        "v1.SizeReservationUsageResponse": {
            /**
             * Format: int32
             * @description number of reserved machines in the partition
             */
            amount: number;
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description arbitrary labels */
            labels?: {
                [key: string]: string;
            };
            /** @description a readable name for this entity */
            name?: string;
            /** @description the partition of this entry */
            partitionid: string;
            /**
             * Format: int32
             * @description number of machines of this size that the project has in the partition
             */
            projectallocations: number;
            /** @description project that the machines are reserved for */
            projectid: string;
            /** @description size of the reserved machines */
            sizeid: string;
            /**
             * Format: int32
             * @description number of reserved machines that the project uses
             */
            usedamount: number;
        };
        "v1.SizeResponse": {
            /**
             * Format: date-time
             * @description the last modification time of this entity
             */
            readonly changed?: string;
            /** @description the hardware of machines with this size */
            constraints: components["schemas"]["v1.SizeConstraint"][];
            /**
             * Format: date-time
             * @description the creation time of this entity
             */
            readonly created?: string;
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description arbitrary labels */
            labels: {
                [key: string]: string;
            };
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.SizeSuggestRequest": {
            /** @description the machine whose hardware is described */
            machineID: string;
        };
        "v1.SizeUpdateRequest": {
            /** @description replaces all constraints */
            constraints?: components["schemas"]["v1.SizeConstraint"][];
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description replaces all labels */
            labels?: {
                [key: string]: string;
            };
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.SwitchBGPPortState": {
            /** Format: int64 */
            AcceptedPrefixCounter: number;
            BgpState: string;
            /** Format: int64 */
            BgpTimerUpEstablished: number;
            Neighbor: string;
            PeerGroup: string;
            /** Format: int64 */
            SentPrefixCounter: number;
            VrfName: string;
        };
        "v1.SwitchBase": {
            /** @description command that opens the console */
            console_command?: string;
            /** @description address of the management port */
            management_ip?: string;
            /** @description user name for the management port */
            management_user?: string;
            /** @description operational or replace; empty means operational */
            mode?: string;
            os?: components["schemas"]["v1.SwitchOS"];
            /** @description the rack of the switch */
            rack_id: string;
            /** @description the room of the rack */
            room_id?: string;
        };
        "v1.SwitchConnection": {
            /** @description the machine at the port */
            machine_id?: string;
            nic: components["schemas"]["v1.SwitchNic"];
        };
        "v1.SwitchFindRequest": {
            id?: string;
            name?: string;
            osvendor?: string;
            osversion?: string;
            partitionid?: string;
            rackid?: string;
            roomid?: string;
        };
        "v1.SwitchMigrateRequest": {
            /** @description the switch that the machines are moved to */
            new_switch_id: string;
            /** @description the switch whose machines are moved */
            old_switch_id: string;
        };
        "v1.SwitchNic": {
            /**
             * @description state of the port as reported by the switch; agents that do not read admin_status only get DOWN if an operator requested it
             * @enum {string}
             */
            actual: "DOWN" | "UNKNOWN" | "UP";
            /**
             * @description desired state of the port
             * @enum {string}
             */
            admin_status?: "DOWN" | "UP";
            bgp_port_state?: components["schemas"]["metal.SwitchBGPPortState"];
            filter?: components["schemas"]["v1.BGPFilter"];
            /** @description identifier of the port within the switch */
            identifier: string;
            /** @description MAC address of the port */
            mac: string;
            /** @description name of the port */
            name: string;
            /** @description empty: unprovisioned; default: a firewall; vrf<number>: a tenant */
            vrf?: string;
        };
        "v1.SwitchNotifyRequest": {
            /** @description BGP sessions by port name */
            bgp_port_states?: {
                [key: string]: components["schemas"]["v1.SwitchBGPPortState"];
            };
            /** @description error message; absent if the run succeeded */
            error: string;
            /** @description state of the ports by port name */
            port_states: {
                [key: string]: string;
            };
            /**
             * Format: int64
             * @description duration of the configuration run in nanoseconds
             */
            sync_duration: number;
        };
        "v1.SwitchNotifyResponse": {
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            last_sync?: components["schemas"]["v1.SwitchSync"];
            last_sync_error?: components["schemas"]["v1.SwitchSync"];
            /** @description a readable name for this entity */
            name?: string;
        };
        "v1.SwitchOS": {
            metal_core_version?: string;
            /** @enum {string} */
            vendor?: "Cumulus" | "SONiC";
            version?: string;
        };
        "v1.SwitchPortToggleRequest": {
            /** @description name of the port */
            nic: string;
            /**
             * @description desired state of the port
             * @enum {string}
             */
            status: "DOWN" | "UP";
        };
        "v1.SwitchRegisterRequest": {
            /** @description command that opens the console */
            console_command?: string;
            /** @description description */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description address of the management port */
            management_ip?: string;
            /** @description user name for the management port */
            management_user?: string;
            /** @description operational or replace */
            mode?: string;
            /** @description human-readable name */
            name?: string;
            /** @description ports of the switch */
            nics: components["schemas"]["v1.SwitchNic"][];
            os?: components["schemas"]["v1.SwitchOS"];
            /** @description the partition of the switch */
            partition_id: string;
            /** @description the rack of the switch */
            rack_id: string;
            /** @description the room of the rack */
            room_id?: string;
        };
        "v1.SwitchResponse": {
            /**
             * Format: date-time
             * @description the last modification time of this entity
             */
            readonly changed?: string;
            /** @description machines connected to the ports */
            connections: components["schemas"]["v1.SwitchConnection"][];
            /** @description command that opens the console */
            console_command?: string;
            /**
             * Format: date-time
             * @description the creation time of this entity
             */
            readonly created?: string;
            /** @description a description for this entity */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            last_sync?: components["schemas"]["v1.SwitchSync"];
            last_sync_error?: components["schemas"]["v1.SwitchSync"];
            /** @description address of the management port */
            management_ip?: string;
            /** @description user name for the management port */
            management_user?: string;
            /** @description operational or replace; empty means operational */
            mode?: string;
            /** @description a readable name for this entity */
            name?: string;
            /** @description ports of the switch, ordered by name */
            nics: components["schemas"]["v1.SwitchNic"][];
            os?: components["schemas"]["v1.SwitchOS"];
            partition: components["schemas"]["v1.PartitionResponse"];
            /** @description the rack of the switch */
            rack_id: string;
            /** @description the room of the rack */
            room_id?: string;
        };
        "v1.SwitchSync": {
            /**
             * Format: int64
             * @description duration of the configuration run in nanoseconds
             */
            duration: number;
            /** @description error message */
            error?: string;
            /**
             * Format: date-time
             * @description end of the configuration run
             */
            time: string;
        };
        "v1.SwitchUpdateRequest": {
            /** @description command that opens the console */
            console_command?: string;
            /** @description description */
            description?: string;
            /** @description the unique ID of this entity */
            id: string;
            /** @description address of the management port */
            management_ip?: string;
            /** @description user name for the management port */
            management_user?: string;
            /** @description operational or replace */
            mode?: string;
            /** @description human-readable name */
            name?: string;
            os?: components["schemas"]["v1.SwitchOS"];
            /** @description the rack of the switch */
            rack_id: string;
            /** @description the room of the rack */
            room_id?: string;
        };
        "v1.Tenant": {
            default_quotas?: components["schemas"]["v1.QuotaSet"];
            description?: string;
            iam_config?: components["schemas"]["v1.IAMConfig"];
            meta?: components["schemas"]["v1.Meta"];
            name?: string;
            quotas?: components["schemas"]["v1.QuotaSet"];
        };
        "v1.TenantCreateRequest": {
            default_quotas?: components["schemas"]["v1.QuotaSet"];
            description?: string;
            iam_config?: components["schemas"]["v1.IAMConfig"];
            meta?: components["schemas"]["v1.Meta"];
            name?: string;
            quotas?: components["schemas"]["v1.QuotaSet"];
        };
        "v1.TenantFindRequest": {
            /** @description tenants that have all of these annotations */
            annotations?: {
                [key: string]: string;
            };
            id?: string;
            name?: string;
            paging?: components["schemas"]["v1.Paging"];
        };
        "v1.TenantResponse": {
            default_quotas?: components["schemas"]["v1.QuotaSet"];
            description?: string;
            iam_config?: components["schemas"]["v1.IAMConfig"];
            meta?: components["schemas"]["v1.Meta"];
            name?: string;
            quotas?: components["schemas"]["v1.QuotaSet"];
        };
        "v1.TenantUpdateRequest": {
            default_quotas?: components["schemas"]["v1.QuotaSet"];
            description?: string;
            iam_config?: components["schemas"]["v1.IAMConfig"];
            meta?: components["schemas"]["v1.Meta"];
            name?: string;
            quotas?: components["schemas"]["v1.QuotaSet"];
        };
        "v1.Timestamps": {
            /**
             * Format: date-time
             * @description the last modification time of this entity
             */
            readonly changed?: string;
            /**
             * Format: date-time
             * @description the creation time of this entity
             */
            readonly created?: string;
        };
        "v1.User": {
            EMail: string;
            Groups: string[];
            Issuer: string;
            Name: string;
            Subject: string;
            Tenant: string;
        };
        "v1.VPNRequest": {
            /** @description remove the node when it goes offline */
            ephemeral: boolean;
            /**
             * Format: int64
             * @description nanoseconds from now; defaults to one hour
             */
            expiration?: number;
            /** @description the project */
            pid: string;
            /** @description reason for joining; logged */
            reason: string;
        };
        "v1.VPNResponse": {
            /** @description address of the VPN control plane */
            address: string;
            auth_key: string;
        };
        "v1.VendorRevisions": {
            /** @description boards by vendor */
            VendorRevisions: {
                [key: string]: components["schemas"]["v1.BoardRevisions"];
            };
        };
        "v1.VolumeGroup": {
            /** @description physical devices */
            devices?: string[];
            /** @description name of the volume group */
            name: string;
            /** @description tags of the volume group */
            tags?: string[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: {
        "v1.SizeReservationListRequest": {
            content: {
                "application/json": components["schemas"]["v1.SizeReservationListRequest"];
            };
        };
        "v1.MachineFindRequest": {
            content: {
                "application/json": components["schemas"]["v1.MachineFindRequest"];
            };
        };
        "v1.IPAllocateRequest": {
            content: {
                "application/json": components["schemas"]["v1.IPAllocateRequest"];
            };
        };
        "v1.EmptyBody": {
            content: {
                "application/json": components["schemas"]["v1.EmptyBody"];
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    findAuditTraces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.AuditFindRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.AuditResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listFilesystemLayouts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FilesystemLayoutResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    createFilesystemLayout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.FilesystemLayoutCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FilesystemLayoutResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateFilesystemLayout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.FilesystemLayoutUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FilesystemLayoutResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    matchFilesystemLayout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.FilesystemLayoutMatchRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FilesystemLayoutResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    tryFilesystemLayout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.FilesystemLayoutTryRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FilesystemLayoutResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    getFilesystemLayout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FilesystemLayoutResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteFilesystemLayout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FilesystemLayoutResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listFirewalls: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FirewallResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    allocateFirewall: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.FirewallCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FirewallResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findFirewalls: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.FirewallFindRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FirewallResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findFirewall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FirewallResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listFirmwares: {
        parameters: {
            query?: {
                /** @description list the firmware that this machine runs, instead of the stored files */
                "machine-id"?: string;
                /** @description bios or bmc; empty means both */
                kind?: string;
                vendor?: string;
                board?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.FirmwaresResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    uploadFirmware: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: string;
                vendor: string;
                board: string;
                revision: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    removeFirmware: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: string;
                vendor: string;
                board: string;
                revision: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: {
                /** @description return information about this service only */
                service?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["rest.HealthResponse"];
                };
            };
            /** @description OK */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["rest.HealthResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listImages: {
        parameters: {
            query?: {
                "show-usage"?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ImageResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    createImage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.ImageCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ImageResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateImage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.ImageUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ImageResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findImages: {
        parameters: {
            query?: {
                "show-usage"?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.ImageFindRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ImageResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ImageResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ImageResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findLatestImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ImageResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    "queryImages by id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ImageResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listIPs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.IPResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateIP: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.IPUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.IPResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    allocateIP: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.IPAllocateRequest"];
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.IPResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    allocateSpecificIP: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ip: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.IPAllocateRequest"];
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.IPResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findIPs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.IPFindRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.IPResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    freeIPDeprecated: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.IPResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    freeIP: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.IPResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findIP: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.IPResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listMachines: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateMachine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    allocateMachine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineAllocateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    getMachineConsolePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineConsolePasswordRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineConsolePasswordResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findMachines: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.MachineFindRequest"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    ipmiReport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineIpmiReports"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineIpmiReportResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findIPMIMachines: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.MachineFindRequest"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineIPMIResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listIssues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineIssue"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    issues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineIssuesRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineIssueResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    registerMachine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineRegisterRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateFirmware: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineUpdateFirmwareRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findMachine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteMachine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    abortReinstallMachine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineAbortReinstallRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.BootInfo"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    setChassisIdentifyLEDState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.ChassisIdentifyLEDState"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    checkMachineConsolePassword: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineConsoleLoginRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineConsoleLoginResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    recordMachineConsoleSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineConsoleSession"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineConsoleSession"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    getProvisioningEventContainer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineRecentProvisioningEvents"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    addProvisioningEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineProvisioningEvent"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineRecentProvisioningEvents"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    finalizeAllocation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineFinalizeAllocationRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    freeMachine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findIPMIMachine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineIPMIResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    machineBios: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    chassisIdentifyLEDOff: {
        parameters: {
            query?: {
                /** @description reason for switching the LED */
                description?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    chassisIdentifyLEDOn: {
        parameters: {
            query?: {
                /** @description reason for switching the LED */
                description?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    machineCycle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    machineDisk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    machineOff: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    machineOn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    machinePxe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    machineReset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.EmptyBody"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    reinstallMachine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineReinstallRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    setMachineState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineState"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.MachineResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listNetworks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.NetworkResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    createNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.NetworkCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.NetworkResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateNetwork: {
        parameters: {
            query?: {
                /** @description permit removing additional announcable CIDRs */
                force?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.NetworkUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.NetworkResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    allocateNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.NetworkAllocateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.NetworkResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findNetworks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.NetworkFindRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.NetworkResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    freeNetworkDeprecated: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.NetworkResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    freeNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.NetworkResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.NetworkResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.NetworkResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listPartitions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.PartitionResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    createPartition: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.PartitionCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.PartitionResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updatePartition: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.PartitionUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.PartitionResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    partitionCapacity2021: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.PartitionCapacity"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    partitionCapacity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.PartitionCapacityRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.PartitionCapacity"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findPartition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.PartitionResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deletePartition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.PartitionResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listProjects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ProjectResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    createProject: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.ProjectCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ProjectResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateProject: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.ProjectUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ProjectResponse"];
                };
            };
            /** @description error */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findProjects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.ProjectFindRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ProjectResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ProjectResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.ProjectResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listSizes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    createSize: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SizeCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateSize: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SizeUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listSizeImageConstraints: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeImageConstraintResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    createSizeImageConstraint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SizeImageConstraintCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeImageConstraintResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateSizeImageConstraint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SizeImageConstraintUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeImageConstraintResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    trySizeImageConstraint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SizeImageConstraintTryRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.EmptyBody"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findSizeImageConstraint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeImageConstraintResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteSizeImageConstraint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeImageConstraintResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    fromHardware: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.MachineHardwareExtended"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeMatchingLog"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listSizeReservations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeReservationResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    createSizeReservation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SizeReservationCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeReservationResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateSizeReservation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SizeReservationUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeReservationResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findSizeReservations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.SizeReservationListRequest"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeReservationResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    sizeReservationsUsage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["v1.SizeReservationListRequest"];
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeReservationUsageResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    getSizeReservation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeReservationResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteSizeReservation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeReservationResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    suggest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SizeSuggestRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeConstraint"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findSize: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteSize: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SizeResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listSwitches: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SwitchUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findSwitches: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SwitchFindRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    migrateSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SwitchMigrateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    registerSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SwitchRegisterRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchResponse"];
                };
            };
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteSwitch: {
        parameters: {
            query?: {
                /** @description delete the switch even if machines are connected */
                force?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    notifySwitch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SwitchNotifyRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchNotifyResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    toggleSwitchPort: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.SwitchPortToggleRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.SwitchResponse"];
                };
            };
            /** @description error */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listTenants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.TenantResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    createTenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.TenantCreateRequest"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.TenantResponse"];
                };
            };
            /** @description error */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    updateTenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.TenantUpdateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.TenantResponse"];
                };
            };
            /** @description error */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    findTenants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.TenantFindRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.TenantResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    getTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.TenantResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    deleteTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.TenantResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.User"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    listAPITokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.APITokenResponse"][];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    revokeAPIToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.APITokenResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    info: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["rest.version"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
    getVPNAuthKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["v1.VPNRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["v1.VPNResponse"];
                };
            };
            /** @description error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["httperrors.HTTPErrorResponse"];
                };
            };
        };
    };
}
