"""Main flows of metal_python against a running server with a simulated partition.

The client decodes strictly: a missing required field, a null or an unknown value of an enumeration raises ValueError for
the whole answer. So every successful call below is a check of the whole answer. `npm run test:clients` starts the server
and describes it in METAL_API_TEST_SITE.
"""

import base64
import json
import os
import time
import unittest

from metal_python import api, models
from metal_python.driver import Driver
from metal_python.rest import ApiException

SITE = json.loads(os.environ["METAL_API_TEST_SITE"])
LAB = SITE["lab"]
PROJECT = LAB["projects"]["a"]
KEY = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(32)).decode() + " flows"

# One request per operation that returns a list, so that every kind of entity is decoded.
LISTS = [
    (api.AuditApi, "find_audit_traces", lambda: models.V1AuditFindRequest(limit=10)),
    (api.FilesystemlayoutApi, "list_filesystem_layouts", None),
    (api.FirewallApi, "list_firewalls", None),
    (api.ImageApi, "list_images", None),
    (api.ImageApi, "find_images", models.V1ImageFindRequest),
    (api.IpApi, "list_i_ps", None),
    (api.IpApi, "find_i_ps", models.V1IPFindRequest),
    (api.MachineApi, "list_machines", None),
    (api.MachineApi, "find_machines", models.V1MachineFindRequest),
    (api.MachineApi, "find_ipmi_machines", models.V1MachineFindRequest),
    (api.MachineApi, "list_issues", None),
    (api.MachineApi, "issues", lambda: models.V1MachineIssuesRequest(
        last_error_threshold=3600 * 10**9, omit=[], only=[], severity="minor")),
    (api.NetworkApi, "list_networks", None),
    (api.NetworkApi, "find_networks", models.V1NetworkFindRequest),
    (api.PartitionApi, "list_partitions", None),
    (api.PartitionApi, "partition_capacity", lambda: models.V1PartitionCapacityRequest(projectid="")),
    (api.ProjectApi, "list_projects", None),
    (api.ProjectApi, "find_projects", models.V1ProjectFindRequest),
    (api.SizeApi, "list_sizes", None),
    (api.SizeApi, "list_size_reservations", None),
    (api.SizeApi, "size_reservations_usage", models.V1SizeReservationListRequest),
    (api.SizeimageconstraintApi, "list_size_image_constraints", None),
    (api.SwitchApi, "list_switches", None),
    (api.SwitchApi, "find_switches", models.V1SwitchFindRequest),
    (api.TenantApi, "list_tenants", None),
    (api.TenantApi, "find_tenants", models.V1TenantFindRequest),
]


class Flow(unittest.TestCase):
    client = Driver(SITE["url"], None, SITE["keys"]["admin"]).client
    viewer = Driver(SITE["url"], None, SITE["keys"]["viewer"], hmac_user="Metal-View").client
    bearer = Driver(SITE["url"], SITE["token"], None).client

    def refused(self, status, call, *args):
        with self.assertRaises(ApiException) as caught:
            call(*args)
        self.assertEqual(caught.exception.status, status)
        answer = json.loads(json.loads(caught.exception.body))
        self.assertEqual(answer["statuscode"], status)
        self.assertTrue(answer["message"])

    def eventually(self, what, condition):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.05)
        self.fail("did not happen: " + what)


class Reads(Flow):
    def test_every_list_is_decoded(self):
        for service, name, request in LISTS:
            with self.subTest(operation=name):
                call = getattr(service(self.client), name)
                answer = call(request()) if request else call()
                self.assertIsInstance(answer, list)

    def test_health_version_and_user(self):
        self.assertEqual(api.HealthApi(self.client).health().status, "healthy")
        self.assertEqual(api.VersionApi(self.client).info().name, "metal-api")
        self.assertTrue(api.UserApi(self.bearer).get_me().groups)

    def test_refusals(self):
        machines = api.MachineApi(self.client)
        self.refused(404, machines.find_machine, "00000000-0000-0000-0000-000000000000")
        self.refused(404, api.SizeApi(self.client).find_size, "nosuch")
        self.refused(403, api.SizeApi(self.viewer).delete_size, LAB["size"])


class Catalog(Flow):
    def test_layout_image_partition_and_reservation_are_created_changed_and_deleted(self):
        for service, kind, create, change in self.kinds():
            with self.subTest(kind=kind):
                remote = service(self.client)
                made = getattr(remote, "create_" + kind)(create)
                changed = getattr(remote, "update_" + kind)(change)
                self.assertEqual((made.id, changed.id, changed.description), (create.id, create.id, "changed"))
                self.assertEqual(getattr(remote, "delete_" + kind)(create.id).id, create.id)

    def kinds(self):
        sizes = {"sizes": [LAB["size"]], "images": {"python": "*"}}
        base = models.V1SizeImageConstraintBase(images={"python": ">= 1.0.0"})
        expires = "2099-01-01T00:00:00.000Z"
        places = [LAB["partition"]]
        return [
            (api.FilesystemlayoutApi, "filesystem_layout",
             models.V1FilesystemLayoutCreateRequest(id="python", constraints=sizes),
             models.V1FilesystemLayoutUpdateRequest(id="python", constraints=sizes, description="changed")),
            (api.ImageApi, "image",
             models.V1ImageCreateRequest(id="python-1.0.20250101", url="http://127.0.0.1/i", features=["machine"]),
             models.V1ImageUpdateRequest(id="python-1.0.20250101", expiration_date=expires, description="changed")),
            (api.PartitionApi, "partition",
             models.V1PartitionCreateRequest(id="python", bootconfig=models.V1PartitionBootConfiguration()),
             models.V1PartitionUpdateRequest(id="python", description="changed", dns_servers=[], ntp_servers=[])),
            (api.SizeimageconstraintApi, "size_image_constraint",
             models.V1SizeImageConstraintCreateRequest(id=LAB["size"], constraints=base),
             models.V1SizeImageConstraintUpdateRequest(id=LAB["size"], constraints=base, description="changed")),
            (api.SizeApi, "size_reservation",
             models.V1SizeReservationCreateRequest(
                 id="python", amount=1, partitionids=places, projectid=LAB["projects"]["b"], sizeid=LAB["size"]),
             models.V1SizeReservationUpdateRequest(
                 id="python", amount=2, partitionids=places, description="changed")),
        ]

    def test_size_is_created_changed_and_deleted(self):
        sizes = api.SizeApi(self.client)
        constraints = [models.V1SizeConstraint(type="cores", min=59, max=59)]
        created = sizes.create_size(models.V1SizeCreateRequest(id="python", name="p", constraints=constraints))
        self.assertEqual(created.constraints[0].max, 59)
        again = models.V1SizeCreateRequest(id="python", constraints=constraints)
        self.refused(409, sizes.create_size, again)
        changed = sizes.update_size(models.V1SizeUpdateRequest(id="python", description="changed"))
        self.assertEqual(changed.description, "changed")
        self.assertEqual(sizes.delete_size("python").id, "python")

    def test_partition_image_and_layout_are_read_one_by_one(self):
        partition = api.PartitionApi(self.client).find_partition(LAB["partition"])
        self.assertEqual(partition.id, LAB["partition"])
        image = api.ImageApi(self.client).find_latest_image("debian-12.0")
        self.assertEqual(image.id, LAB["machineImage"])
        layout = api.FilesystemlayoutApi(self.client).try_filesystem_layout(
            models.V1FilesystemLayoutTryRequest(size=LAB["size"], image=LAB["machineImage"]))
        self.assertEqual(layout.id, "default")

    def test_project_without_version_and_with_an_old_one(self):
        projects = api.ProjectApi(self.client)
        meta = models.V1Meta(id="python", kind="Project", apiversion="v1")
        project = projects.create_project(
            models.V1ProjectCreateRequest(meta=meta, name="python", tenant_id="metal-stack"))
        update = models.V1ProjectUpdateRequest(
            meta=project.meta, name="python", tenant_id="metal-stack", description="changed")
        self.assertEqual(projects.update_project(update).description, "changed")
        self.refused(412, projects.update_project, update)
        self.assertEqual(projects.delete_project("python").meta.id, "python")


class Switches(Flow):
    def test_a_leaf_registers_reports_and_goes(self):
        switches, partitions = api.SwitchApi(self.client), api.PartitionApi(self.client)
        partitions.create_partition(
            models.V1PartitionCreateRequest(id="python-leaf", bootconfig=models.V1PartitionBootConfiguration()))
        nic = models.V1SwitchNic(name="Ethernet0", mac="02:00:00:00:59:01", identifier="Eth1/1", actual="UP")
        register = models.V1SwitchRegisterRequest(id="python-leaf", partition_id="python-leaf", rack_id="r", nics=[nic])
        self.assertEqual(switches.register_switch(register).nics[0].actual, "UNKNOWN")
        notify = models.V1SwitchNotifyRequest(
            sync_duration=10**9, error="out of order", port_states={"Ethernet0": "UP"}, bgp_port_states={})
        notified = switches.notify_switch("python-leaf", notify)
        self.assertEqual(notified.last_sync_error.error, "out of order")
        found = switches.find_switch("python-leaf")
        self.assertEqual((found.nics[0].actual, found.last_sync_error.duration), ("UP", 10**9))
        changed = switches.update_switch(
            models.V1SwitchUpdateRequest(id="python-leaf", rack_id="r", description="changed"))
        self.assertEqual(changed.description, "changed")
        self.assertEqual(switches.delete_switch("python-leaf").id, "python-leaf")
        partitions.delete_partition("python-leaf")


@unittest.skipUnless("admin_status" in models.V1SwitchNic.attribute_map, "this release knows neither rooms nor admin status")
class SwitchesOfToday(Flow):
    def test_a_leaf_names_its_room_and_a_port_is_switched(self):
        switches, partitions = api.SwitchApi(self.client), api.PartitionApi(self.client)
        partitions.create_partition(
            models.V1PartitionCreateRequest(id="python-room", bootconfig=models.V1PartitionBootConfiguration()))
        nic = models.V1SwitchNic(name="Ethernet0", mac="02:00:00:00:60:01", identifier="Eth1/1", actual="UP")
        os_ = models.V1SwitchOS(vendor="SONiC", version="4.2", metal_core_version="v0.18.0")
        registered = switches.register_switch(models.V1SwitchRegisterRequest(
            id="python-room", partition_id="python-room", rack_id="r", room_id="hall-1", nics=[nic], os=os_))
        self.assertEqual((registered.room_id, registered.nics[0].admin_status), ("hall-1", "UP"))
        toggled = switches.toggle_switch_port(
            "python-room", models.V1SwitchPortToggleRequest(nic="Ethernet0", status="DOWN"))
        self.assertEqual(toggled.nics[0].admin_status, "DOWN")
        found = switches.find_switches(models.V1SwitchFindRequest(roomid="hall-1"))
        self.assertEqual([each.id for each in found], ["python-room"])
        self.assertEqual(switches.delete_switch("python-room").id, "python-room")
        partitions.delete_partition("python-room")

    def test_machines_tell_the_room_of_their_switches(self):
        machines = api.MachineApi(self.client)
        machine = next(each for each in machines.list_machines() if each.roomid)
        found = machines.find_machines(models.V1MachineFindRequest(roomid=machine.roomid))
        self.assertIn(machine.id, [each.id for each in found])
        self.assertEqual(machines.find_machines(models.V1MachineFindRequest(roomid="no such room")), [])


class Networking(Flow):
    def test_addresses_of_both_families_in_the_path(self):
        networks, ips = api.NetworkApi(self.client), api.IpApi(self.client)
        networks.create_network(models.V1NetworkCreateRequest(
            id="python6", prefixes=["2001:db8:59::/64"], destinationprefixes=[], nat=False, nattype="",
            networktype="", privatesuper=False, underlay=False))
        request = models.V1IPAllocateRequest(networkid="python6", projectid=PROJECT, type="ephemeral", tags=["python"])
        address = ips.allocate_ip(request).ipaddress
        specific = ips.allocate_specific_ip("2001:db8:59::59", request)
        self.assertEqual(specific.ipaddress, "2001:db8:59::59")
        self.assertEqual(ips.find_ip("2001:db8:59::59").ipaddress, "2001:db8:59::59")
        self.assertEqual(len(ips.find_i_ps(models.V1IPFindRequest(projectid=PROJECT, tags=["python"]))), 2)
        changed = ips.update_ip(models.V1IPUpdateRequest(ipaddress=address, type="static", tags=[]))
        self.assertEqual(changed.type, "static")
        for each in (address, "2001:db8:59::59"):
            self.assertEqual(ips.free_ip(each).ipaddress, each)
        self.assertEqual(networks.delete_network("python6").id, "python6")


class Machines(Flow):
    def test_life_of_a_machine_and_a_firewall(self):
        networks, machines = api.NetworkApi(self.client), api.MachineApi(self.client)
        network = networks.allocate_network(models.V1NetworkAllocateRequest(
            name="python", projectid=PROJECT, partitionid=LAB["partition"])).id
        machine = machines.allocate_machine(self.order(models.V1MachineAllocateRequest, LAB["machineImage"], [network]))
        self.assertEqual(machine.allocation.role, "machine")
        self.assertEqual(machine.allocation.networks[0].networktype, "privateprimaryunshared")
        firewalls = api.FirewallApi(self.client)
        firewall = firewalls.allocate_firewall(
            self.order(models.V1FirewallCreateRequest, LAB["firewallImage"], [LAB["internet"], network]))
        self.assertEqual(firewall.allocation.role, "firewall")
        self.assertEqual(firewalls.find_firewall(firewall.id).id, firewall.id)
        self.lists_with_allocations(network)
        for each in (machine.id, firewall.id):
            self.eventually("it phones home", lambda: self.event(each) == "Phoned Home")
        self.commands(machine.id)
        for each in (machine.id, firewall.id):
            self.assertEqual(machines.free_machine(each).tags, [])
            self.assertIsNone(machines.find_machine(each).allocation)
        self.assertEqual(networks.free_network(network).id, network)
        for each in (machine.id, firewall.id):
            self.eventually("it waits again", lambda: self.event(each) == "Waiting")

    def order(self, kind, image, networks):
        return kind(
            name="python", hostname="python", projectid=PROJECT, partitionid=LAB["partition"], sizeid=LAB["size"],
            imageid=image, ssh_pub_keys=[KEY], tags=["ci.metal-stack.io/manager=ansible"],
            networks=[models.V1MachineAllocationNetwork(networkid=each, autoacquire=True) for each in networks])

    def lists_with_allocations(self, network):
        find = models.V1MachineFindRequest(allocation_name="python", allocation_project=PROJECT, network_ids=[network])
        self.assertEqual(len(api.MachineApi(self.client).find_machines(find)), 2)
        self.assertEqual(len(api.MachineApi(self.client).find_ipmi_machines(find)), 2)
        switches = api.SwitchApi(self.client).list_switches()
        self.assertTrue(any(each.connections for each in switches))

    def commands(self, machine):
        machines = api.MachineApi(self.client)
        for call in (machines.machine_bios, machines.machine_pxe, machines.machine_disk, machines.machine_off,
                     machines.machine_on, machines.machine_cycle, machines.machine_reset):
            self.assertEqual(call(machine, {}).id, machine)
        self.assertEqual(machines.chassis_identify_led_on(machine, {}, description="flows").id, machine)
        self.assertEqual(machines.chassis_identify_led_off(machine, {}).id, machine)
        tagged = machines.update_machine(models.V1MachineUpdateRequest(id=machine, description="d", tags=["t=1"]))
        self.assertIn("t=1", tagged.tags)
        state = models.V1MachineState(value="LOCKED", description="flows", metal_hammer_version="")
        self.assertEqual(machines.set_machine_state(machine, state).state.value, "LOCKED")
        self.refused(422, machines.free_machine, machine)
        state = models.V1MachineState(value="", description="", metal_hammer_version="")
        self.assertEqual(machines.set_machine_state(machine, state).state.value, "")
        self.assertEqual(machines.find_ipmi_machine(machine).ipmi.user, "metal")

    def event(self, machine):
        log = api.MachineApi(self.viewer).find_machine(machine).events.log
        return log[0].event if log else ""


if __name__ == "__main__":
    unittest.main()
