/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Device list and self-test. */
#include <glib.h>
#include <string.h>

#include "engine/device.h"

static void test_list(void)
{
    struct eng_device device[2];
    g_assert_cmpuint(eng_devices(NULL, 0), ==, 1);
    g_assert_cmpuint(eng_devices(device, 2), ==, 1);
    g_assert_cmpstr(device[0].name, ==, "cpu");
    g_assert_true(device[0].used);
    g_assert_nonnull(strstr(device[0].title, "core"));
    g_assert_cmpstr(device[0].features, !=, "");
    g_assert_cmpstr(device[0].verdict, !=, "");
    g_assert_cmpuint(device[0].memory_bytes, >, 0);
    g_assert_cmpuint(device[0].memory_free_bytes, <=, device[0].memory_bytes);
}

static void test_self_test(void)
{
    char why[200] = "";
    gboolean ok = eng_device_self_test("cpu", why, sizeof why);
    g_test_message("%s", why);
    g_assert_true(ok);
    g_assert_false(eng_device_self_test("vulkan:0", why, sizeof why));
    g_assert_nonnull(strstr(why, "vulkan:0"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device/list", test_list);
    g_test_add_func("/device/self-test", test_self_test);
    return g_test_run();
}
