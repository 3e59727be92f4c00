#!/usr/bin/env python3
"""The end-to-end tests' own tests: a comparison that finds nothing must have looked."""
import unittest

import numpy as np

import accuracy
import architectures
import compare_levels
import networks
import random_network


class Comparison(unittest.TestCase):
    def setUp(self):
        self.tensor = np.arange(24, dtype=np.int8).reshape(1, 2, 3, 4)

    def test_same_bytes(self):
        self.assertIsNone(compare_levels.describe_difference(self.tensor, self.tensor.copy()))

    def test_one_changed_element_is_named(self):
        changed = self.tensor.copy()
        changed[0, 1, 2, 3] = -5
        self.assertEqual(compare_levels.describe_difference(self.tensor, changed),
                         "1 of 24 elements differ, first at [0, 1, 2, 3]: reference 23, program -5")

    def test_shape_and_type(self):
        self.assertIn("[1, 2, 12]", compare_levels.describe_difference(
            self.tensor, self.tensor.reshape(1, 2, 12)))
        self.assertIn("float32", compare_levels.describe_difference(
            self.tensor, self.tensor.astype(np.float32)))

    def test_signed_zeros_differ(self):
        zeros = np.zeros(3, np.float32)
        self.assertIn("3 of 3", compare_levels.describe_difference(zeros, -zeros))

    def test_float_error_of_a_shifted_picture_is_seen(self):
        values = np.random.default_rng(0).normal(0, 1, (1, 3, 8, 8)).astype(np.float32)
        self.assertIsNone(random_network.float_difference(values, values + np.float32(0.05)))
        self.assertIsNotNone(random_network.float_difference(values, np.roll(values, 1, 3)))


class Accuracy(unittest.TestCase):
    def test_top1(self):
        scores = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
        labels = np.array([1, 0, 0, 1])
        self.assertEqual(accuracy.top1(scores, labels), 50)
        self.assertEqual(accuracy.top1(scores, labels, [0, 1, 2]), 66.667)


class Generators(unittest.TestCase):
    def test_a_seed_is_a_network(self):
        first, second = (networks.random_network(11)[0].SerializeToString() for _ in range(2))
        self.assertEqual(first, second)

    def test_fewer_steps_are_a_prefix(self):
        long = networks.random_network(3, 6)[0].graph.node
        short = networks.random_network(3, 2)[0].graph.node
        kept = [node.name for node in short[:2]]
        self.assertEqual(kept, [node.name for node in long[:2]])

    def test_architectures_stay_in_the_documented_ranges(self):
        ranges = architectures.ranges()
        self.assertIn(("buffers", "feature_words"), ranges)
        for seed in range(200):
            description = architectures.random_architecture(seed)
            for (section, name), (low, high) in ranges.items():
                self.assertTrue(low <= description[section][name] <= high, (seed, section, name))


if __name__ == "__main__":
    unittest.main()
