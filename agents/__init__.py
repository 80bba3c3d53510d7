"""The LangGraph graph that reads a case."""
