"""MATLAB files: structs of both versions read, or refused; also where SciPy crashes."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io
from support.layouts.ceads_city import write_mat

from carbonshed.errors import CarbonshedError
from carbonshed.progress import no_progress
from carbonshed.readers.files import mat_files
from carbonshed.readers.files.mat_files import read_struct

CONTENT = {
    "MRIO": {"Z": np.arange(6.0).reshape(2, 3), "label": "text", "c": np.array([1j])},
    "cells": np.array([[np.ones(2), "more"]], dtype=object),
    "whole": np.arange(3, dtype=np.int16),
    "deep": {"a": {"b": {"c": 1.0}}},
    "nothing": np.zeros((0, 0)),
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, CONTENT)
    return path


def test_a_field_that_was_not_asked_for_is_named_and_not_read(path):
    found = read_struct(path, "MRIO", ("Z", "nowhere"), no_progress)
    assert list(found) == ["Z", "label", "c"]
    np.testing.assert_array_equal(found["Z"], CONTENT["MRIO"]["Z"])
    assert found["label"].size == 0


def test_whole_numbers_become_floats(tmp_path):
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, {"MRIO": {"Z": np.arange(3, dtype=np.int16)}})
    assert read_struct(path, "MRIO", ("Z",), no_progress)["Z"].dtype == np.float64


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (128, 3),
        (132, 10**9),
        (136, 7),  # type of the flags
        (144, 99),  # class of the variable
        (144, 5),  # a sparse matrix, where SciPy 1.17 crashes
        (156, 3),  # length of the dimensions
        (160, 2**31),
        (264, 0),  # where it crashes, too
    ],
)
def test_damage_is_refused_even_where_scipy_crashes(path, place, value):
    content = bytearray(path.read_bytes())
    content[place : place + 4] = struct.pack("<I", value)
    path.write_bytes(content)
    if place in (132, 136, 156):  # SciPy passes over it, and reads the right numbers
        found = read_struct(path, "MRIO", ("Z",), no_progress)
        np.testing.assert_array_equal(found["Z"], CONTENT["MRIO"]["Z"])
        return
    with pytest.raises(CarbonshedError, match=r"a\.mat: .* was cut or is damaged"):
        read_struct(path, "MRIO", ("Z",), no_progress)


def test_a_child_that_dies_is_a_refusal(path, monkeypatch):
    monkeypatch.setattr(mat_files.sys, "executable", "false")
    with pytest.raises(CarbonshedError, match=r"a\.mat: .* died: exit 1"):
        read_struct(path, "MRIO", ("Z",), no_progress)


def start_child(path, **streams):
    command = [sys.executable, "-P", "-m", mat_files.__name__, str(path), "MRIO", "Z"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, **streams)


def test_the_child_does_not_outlive_its_parent(tmp_path):
    os.mkfifo(tmp_path / "a.mat")  # opening it would wait for ever
    with start_child(tmp_path / "a.mat") as child:
        child.stdin.close()
        assert child.wait(timeout=30) == 1


def test_a_full_disk_is_no_damaged_file(path):
    with (
        Path("/dev/full").open("wb") as full,
        start_child(path, stdout=full, stderr=subprocess.PIPE) as child,
    ):
        # the interpreter may add that it could not empty its own buffer
        lines = [line for line in child.stderr if line.startswith(b"{")]
    answer = json.loads(lines[-1])
    assert f"no place for the numbers of {path}: No space left" in answer["refusal"]


@pytest.mark.parametrize("version", ["6", "7", "7.3"])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.7, 0.99])
def test_every_cut_is_found_and_tells_the_size(tmp_path, version, share):
    drawn = np.random.default_rng(1).random((40, 30))
    path = write_mat(tmp_path / "a.mat", {"Z": drawn, "F": drawn}, version)
    content = path.read_bytes()
    size = int(share * len(content))
    path.write_bytes(content[:size])
    with pytest.raises(CarbonshedError, match="the file was cut or is dam") as refusal:
        read_struct(path, "MRIO", ("Z", "F"), no_progress)
    assert f"{size:,} bytes" in str(refusal.value)


@pytest.mark.parametrize("side", [3, 2_000_000])
def test_hdf5_that_lies_about_its_size(tmp_path, side):
    """4 trillion numbers, or nine, of which there is none: not even zeros."""
    path = tmp_path / "a.mat"
    with h5py.File(path, "w") as file:
        chunks = (min(side, 1000),) * 2
        file.create_dataset("MRIO/Z", (side, side), "f8", chunks=chunks)
    with pytest.raises(
        CarbonshedError, match=f"Z says that it has {side**2:,} numbers"
    ):
        read_struct(path, "MRIO", ("Z",), no_progress)


def test_what_is_no_struct(path):
    for name in ("whole", "cells"):
        with pytest.raises(CarbonshedError, match=f"{name} is no struct"):
            read_struct(path, name, ("Z",), no_progress)


def test_hdf5_that_is_no_struct_or_no_numbers(tmp_path):
    path = tmp_path / "a.mat"
    with h5py.File(path, "w") as file:
        file["flat"] = np.ones(3)
        file["MRIO/Z"] = "text"
        file["#refs#/a"] = 1.0
        file["lost"] = h5py.SoftLink("/nowhere")
    with pytest.raises(CarbonshedError, match="flat is no struct"):
        read_struct(path, "flat", ("Z",), no_progress)
    with pytest.raises(CarbonshedError, match=r"MRIO\.Z does not hold real numbers"):
        read_struct(path, "MRIO", ("Z",), no_progress)
    with pytest.raises(CarbonshedError, match="variables found: MRIO, flat, lost;"):
        read_struct(path, "other", ("Z",), no_progress)
    with pytest.raises(CarbonshedError, match="the file was cut or is damaged"):
        read_struct(path, "lost", ("Z",), no_progress)


def test_hdf5_of_a_sparse_matrix(tmp_path):
    path = tmp_path / "a.mat"
    with h5py.File(path, "w") as file:
        # as MATLAB writes it: a group with the rows and the starts of columns
        group = file.create_group("MRIO/Z")
        group.attrs["MATLAB_sparse"] = np.uint64(2)
        group["data"], group["ir"] = np.ones(1), np.zeros(1, dtype=np.uint64)
        group["jc"] = np.array([0, 1, 1], dtype=np.uint64)
    with pytest.raises(CarbonshedError, match=r"MRIO\.Z is a sparse matrix"):
        read_struct(path, "MRIO", ("Z",), no_progress)


def test_hdf5_of_matlab_marks_what_is_empty(tmp_path):
    path = tmp_path / "a.mat"
    with h5py.File(path, "w") as file:
        data = file.create_dataset("MRIO/Z", data=np.array([0, 0], dtype=np.uint64))
        data.attrs["MATLAB_empty"] = np.uint8(1)
    assert read_struct(path, "MRIO", ("Z",), no_progress)["Z"].shape == (0, 0)


def test_where_there_is_no_file(tmp_path):
    with pytest.raises(CarbonshedError, match="is a folder"):
        read_struct(tmp_path, "MRIO", ("Z",), no_progress)
    with pytest.raises(CarbonshedError, match="no such file"):
        read_struct(tmp_path / "a.mat", "MRIO", ("Z",), no_progress)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "it is empty"),
        (b"PAR1 and more", "a Parquet file"),
        (b"a,b\n1,2\n", "something else"),
    ],
)
def test_what_is_no_mat_file(tmp_path, content, part):
    path = tmp_path / "a.mat"
    path.write_bytes(content)
    with pytest.raises(CarbonshedError, match=part) as refusal:
        read_struct(path, "MRIO", ("Z",), no_progress)
    assert f"a.mat: not a MATLAB file ({len(content)} bytes)" in str(refusal.value)


def test_version_73_without_h5py(tmp_path, monkeypatch):
    path = write_mat(tmp_path / "a.mat", {"Z": np.ones((2, 3))}, "7.3")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(CarbonshedError, match=r"needs h5py, .*'\.\[ceads\]'"):
        read_struct(path, "MRIO", ("Z",), no_progress)
