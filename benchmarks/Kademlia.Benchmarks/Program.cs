using BenchmarkDotNet.Running;
using Kademlia.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(NodeIdBenchmarks).Assembly).Run(args);
